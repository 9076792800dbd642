// Probes look around: a thread a ray. What it meets sends on light of lamps, of the sky, and of the probes as they were.
#include "common/environment.glsl"
#include "common/lights.glsl"
#include "common/indirect/probes.glsl"
#include "generated/probe_update.glsl"
#include "path_tracing/rays.glsl"
#include "common/indirect/ray_directions.glsl"

layout(local_size_x = 64) in;
layout(binding = 0) uniform sampler2D environment_atlas;

const float SKY_BLUR = 0.2;    // alpha of the lobe that the sky is seen in: a few rays must not miss what is bright
const uint LAMPS_ASKED = 4u;   // of the local ones, at each point
const float FAR_M = 1e6;

vec3 sky_from_world(vec3 d) {
    vec2 cs = update.sky_turn.xy;
    return vec3(cs.x * d.x - cs.y * d.z, d.y, cs.y * d.x + cs.x * d.z);
}

vec3 lamp_light(uint number, vec3 at, vec3 n, float lift) {
    LightRow row = light_row(number);
    vec3 to_light;
    vec3 irradiance = light_irradiance(row, at, to_light);
    float cosine = dot(n, to_light);
    if (cosine <= 0.0 || max3(irradiance) <= 0.0) return vec3(0.0);
    float reach = row.kind == LIGHT_DIRECTIONAL ? FAR_M : distance(row.position, at) - lift;
    return meet(at + n * lift, to_light, reach, true).t >= 0.0 ? vec3(0.0) : irradiance * (cosine / PI);
}

// What is met sends towards the probe, and how far it is; behind a surface of one side the distance is negative.
vec4 light_along(vec3 start, vec3 d, uint seed) {
    Meeting met = meet(start, d, FAR_M, false);
    if (met.t < 0.0) return vec4(environment_lobe(environment_atlas, sky_from_world(d), SKY_BLUR) * update.sky_turn.z, FAR_M);
    ProbeThing thing = things[met.thing];
    vec3 e1 = bits_of(triangles[3u * met.triangle + 1u]), e2 = bits_of(triangles[3u * met.triangle + 2u]);
    vec3 across = cross(e1, e2);
    vec3 n = normalize(across.x * thing.local_from_world[0].xyz + across.y * thing.local_from_world[1].xyz
        + across.z * thing.local_from_world[2].xyz);
    if (dot(n, d) > 0.0) {
        if (thing.is_two_sided == 0u) return vec4(0.0, 0.0, 0.0, -met.t);
        n = -n;
    }
    ProbeLook look = looks[thing.first_look + thing.look_step * triangles[3u * met.triangle].w];
    float lift = update.settings.y;
    vec3 at = start + d * met.t;
    vec3 light = vec3(0.0);
    uint directional = update.light_counts.x, local = update.light_counts.y;
    for (uint i = 0u; i < directional; ++i) light += lamp_light(i, at, n, lift);
    uint asked = min(local, LAMPS_ASKED);
    for (uint i = 0u; i < asked; ++i) {
        uint number = local <= LAMPS_ASKED ? i : (seed * 2654435761u >> 8) % local;
        seed = seed * 1664525u + 1013904223u;
        light += lamp_light(directional + number, at, n, lift) * (float(local) / float(asked));
    }
    ProbeLight around = probe_light(at, n, -d, n);
    vec3 sky = vec3(0.0);
    if (around.share < 1.0) sky = environment_irradiance(environment_atlas, sky_from_world(n)) * update.sky_turn.z;
    light += mix(sky, around.diffuse / max(probe_grid.origin.w, 1e-6), around.share);
    return vec4(min(light * look.albedo.rgb + look.emission.rgb, vec3(6.0e4)), met.t);
}

void main() {
    uint number = gl_GlobalInvocationID.x, rays_of_one = update.batch.z;
    if (number >= update.batch.y * rays_of_one) return;
    uint probe = update.batch.x + number / rays_of_one, ray = number % rays_of_one;
    vec3 start = probe_place(probe) + states[probe].shift;
    rays[number] = light_along(start, ray_direction(ray), number * 747796405u + uint(update.settings.w) * 2891336453u);
}
