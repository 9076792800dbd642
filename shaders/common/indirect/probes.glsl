// Light from probes: Majercik et al., "Dynamic Diffuse Global Illumination with Ray-Traced Irradiance Fields", JCGT 8(2), 2019, and
// "Scaling Probe-Based Real-Time Dynamic Global Illumination for Production", JCGT 10(2), 2021.
#include "common/octahedron.glsl"
#include "generated/probes.glsl"

layout(binding = PROBE_UNIT) uniform sampler2D probe_atlas;

const ivec2 PROBE_LIGHT_AT = ivec2(16, 0), PROBE_STATE_AT = ivec2(16, 8);
const float PROBE_DISTANCE_TEXELS = 14.0, PROBE_LIGHT_TEXELS = 6.0;
const float PROBE_LEAST_SEEN = 0.08; // of the probes around a point that see it, where less see it the light goes out

ivec3 probe_slot(ivec3 point) { return (point + probe_grid.first.xyz) % probe_grid.counts.xyz; }

ivec2 probe_tile(ivec3 slot) {
    int number = slot.x + probe_grid.counts.x * (slot.y + probe_grid.counts.y * slot.z);
    return ivec2(number % probe_grid.counts.w, number / probe_grid.counts.w) * PROBE_TILE;
}

vec3 probe_light_texel(ivec2 tile, vec3 d) {
    vec2 at = vec2(tile + PROBE_LIGHT_AT) + 1.0 + octahedron_from_direction(d) * PROBE_LIGHT_TEXELS;
    return textureLod(probe_atlas, at * probe_grid.atlas.xy, 0.0).rgb;
}

struct ProbeLight {
    vec3 diffuse;  // what a white diffuse surface sends back: irradiance / pi
    vec3 mirrored; // the same of one that faces the mirror's direction
    float share;   // 0 outside of the box of probes
};

// At `position`, relative to the cell that the grid is bound for, of normal `n`, seen from `v`; `r` is where a mirror there looks.
ProbeLight probe_light(vec3 position, vec3 n, vec3 v, vec3 r) {
    vec3 last = vec3(probe_grid.counts.xyz - 1);
    vec3 inside = (position - probe_grid.origin.xyz) * probe_grid.spacing.y;
    vec3 edge = min(inside, last - inside) * 2.0;
    float share = saturate(min3(edge) + 1.0);
    if (share <= 0.0) return ProbeLight(vec3(0.0), vec3(0.0), 0.0);
    vec3 lifted = position + (n * 0.4 + v * 0.6) * probe_grid.spacing.z;
    vec3 at = clamp((lifted - probe_grid.origin.xyz) * probe_grid.spacing.y, vec3(0.0), last);
    ivec3 base = min(ivec3(at), probe_grid.counts.xyz - 2);
    vec3 fraction = at - vec3(base);
    vec3 light = vec3(0.0), mirrored = vec3(0.0);
    float weights = 0.0, seen = 0.0, there = 0.0;
    for (int i = 0; i < 8; ++i) {
        ivec3 corner = ivec3(i & 1, i >> 1 & 1, i >> 2);
        ivec2 tile = probe_tile(probe_slot(base + corner));
        vec4 state = texelFetch(probe_atlas, tile + PROBE_STATE_AT, 0);
        if (state.w < 0.5) continue;
        vec3 probe = probe_grid.origin.xyz + vec3(base + corner) * probe_grid.spacing.x + state.xyz;
        vec3 near = mix(1.0 - fraction, fraction, vec3(corner));
        float trilinear = max(near.x * near.y * near.z, 1e-4);
        vec3 to_probe = probe - position;
        float facing = 0.5 + 0.5 * dot(to_probe * inversesqrt(max(dot(to_probe, to_probe), 1e-12)), n);
        vec3 from_probe = lifted - probe;
        float d = max(length(from_probe), 1e-5);
        vec2 square_at = vec2(tile) + 1.0 + octahedron_from_direction(from_probe / d) * PROBE_DISTANCE_TEXELS;
        vec2 moments = textureLod(probe_atlas, square_at * probe_grid.atlas.xy, 0.0).xy;
        float sees = 1.0;
        if (d > moments.x) { // Chebyshev's inequality
            float variance = max(abs(moments.y - square(moments.x)), square(0.02 * probe_grid.spacing.x));
            sees = variance / (variance + square(d - moments.x));
            sees *= sees * sees;
        }
        there += trilinear;
        seen += trilinear * sees;
        float weight = max((square(facing) + 0.2) * sees, 1e-6);
        if (weight < 0.2) weight *= square(weight) * 25.0;
        weight *= trilinear;
        light += probe_light_texel(tile, n) * weight;
        mirrored += probe_light_texel(tile, r) * weight;
        weights += weight;
    }
    // Where no probe sees a point nothing is known of it: dark is better there than light that goes through walls.
    float scale = probe_grid.origin.w / max(weights, 1e-12);
    scale *= saturate(seen / max(PROBE_LEAST_SEEN * there, 1e-9));
    return ProbeLight(light * scale, mirrored * scale, share);
}
