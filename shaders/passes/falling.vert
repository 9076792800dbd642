// Drops and flakes: six vertices each, out of their number alone; `taixu.render.falling` says how.
#include "generated/view.glsl"
#include "generated/falling.glsl"
#ifndef FAST
#include "common/environment.glsl"
#include "generated/lighting.glsl"
layout(binding = TEXTURE_ENVIRONMENT) uniform sampler2D environment_atlas;
#endif
layout(binding = 0) uniform sampler2D dry_map;
out vec2 v_at;
flat out vec4 v_color;

uint scrambled(uint v) { // PCG; Jarzynski and Olano, "Hash Functions for GPU Rendering", 2020
    v = v * 747796405u + 2891336453u;
    v = ((v >> ((v >> 28u) + 4u)) ^ v) * 277803737u;
    return (v >> 22u) ^ v;
}

float part(inout uint state) {
    state = scrambled(state);
    return float(state >> 8u) / 16777216.0;
}

void main() {
    uint number = uint(gl_VertexID) / 6u, corner = uint(gl_VertexID) % 6u;
    uint state = scrambled(number * 8u + uint(EDGE));
    uint sort = number & 3u;
    vec3 place = vec3(part(state), part(state), part(state)) * EDGE + drifts[sort].xyz;
    float phase = part(state);
    vec3 eye = camera_position.w > 0.5 ? camera_position.xyz : world_from_view[3].xyz;
    vec3 away = mod(place - eye + 0.5 * EDGE, EDGE) - 0.5 * EDGE;
#ifdef FLAKES
    vec2 turn = 6.2831853 * (drifts[sort].w + vec2(phase, phase * 1.7));
    away.xz += shape.z * vec2(sin(turn.x), cos(turn.y));
#endif
    vec3 world = eye + away;
    vec3 reach = abs(away) * (2.0 / EDGE);
    float out_most = max(reach.x, max(reach.y, reach.z));
    vec4 seen = dry_from_world * vec4(world, 1.0);
    vec2 at = seen.xy * 0.5 + 0.5;
    bool is_dry = all(greaterThan(at, vec2(0.0))) && all(lessThan(at, vec2(1.0))) && textureLod(dry_map, at, 0.0).r > seen.z + 5e-4;
    float opacity = shape.y * (1.0 - smoothstep(0.7, 1.0, out_most)) * smoothstep(0.25, 0.6, length(away));
    v_color = vec4(0.0);
    v_at = vec2(0.0);
    gl_Position = vec4(0.0, 0.0, -1.0, 1.0);
    if (is_dry || opacity <= 0.0 || out_most * EDGE < INNER) return; // nearer ones belong to the smaller cube
    // No thinner than a pixel, but fainter: as a root only, for a picture of so few pixels would show nothing.
    vec2 side = vec2(corner == 1u || corner == 2u || corner == 4u ? 1.0 : -1.0, corner >= 2u && corner != 3u ? 1.0 : -1.0);
    vec4 head = clip_from_world * vec4(world, 1.0);
    float size = speeds[sort].w;
    float per_metre = 0.5 * viewport.y * clip_from_view[1][1] / max(head.w, 1e-3);
    float wide = max(size * per_metre, 1.1);
    if (head.w < 0.2) return;
#ifdef FLAKES
    opacity *= sqrt(size * per_metre / wide);
    head.xy += side * wide * viewport.zw * head.w;
    gl_Position = head;
#else
    vec4 tail = clip_from_world * vec4(world - speeds[sort].xyz * shape.x, 1.0);
    if (tail.w < 0.2) return;
    opacity *= sqrt(size * per_metre / wide);
    vec2 along = tail.xy / tail.w - head.xy / head.w;
    along *= viewport.xy;
    along = dot(along, along) > 1e-8 ? normalize(along) : vec2(0.0, 1.0);
    gl_Position = side.y > 0.0 ? tail : head;
    gl_Position.xy += vec2(-along.y, along.x) * side.x * wide * viewport.zw * gl_Position.w;
#endif
    v_at = side;
#ifdef FAST
    v_color = vec4(mix(vec3(0.74, 0.79, 0.84), vec3(0.95), shape.w), opacity);
#else
    vec3 up = environment_irradiance(environment_atlas, vec3(0.0, 1.0, 0.0)) * lighting.sky_turn.z;
    v_color = vec4(up * mix(0.95, 0.9, shape.w), opacity);
#endif
}
