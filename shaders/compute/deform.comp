// Morphed and skinned vertices of what is seen, once a frame: passes draw one mesh for all who show it, and each finds its
// own vertices here. A work group is 64 vertices of one renderable.
#include "generated/deformed.glsl"
layout(local_size_x = 64) in;
layout(std140, binding = 2) uniform Params { uint group_count; uint keeps_past; };
layout(std430, binding = 6) readonly buffer Groups { uvec2 groups[]; };      // deformed row and what to do, first vertex
layout(std430, binding = 7) readonly buffer Positions { float positions[]; };  // three a vertex
layout(std430, binding = 8) readonly buffer Surfaces { uint surfaces[]; };   // ten words a vertex, the first four normal and tangent
layout(std430, binding = 10) writeonly buffer Previous { float previous[]; };
layout(std430, binding = 11) buffer Vertices { uint vertices[]; };           // seven words a vertex
layout(std430, binding = 12) readonly buffer Influences { uint influences[]; };  // six words a set: four joints, four weights
layout(std430, binding = 13) readonly buffer Deltas { float deltas[]; };
layout(std430, binding = 14) readonly buffer Palettes { vec4 palettes[]; };      // three rows a joint
layout(std430, binding = 15) readonly buffer Weights { float weights[]; };

const uint IS_FRESH = 0x80000000u, SETTLES = 0x40000000u, ROW = 0x3FFFFFFFu;

vec3 delta(uint at) { return vec3(deltas[at], deltas[at + 1u], deltas[at + 2u]); }

void main() {
    uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
    if (group >= group_count) return;
    uint what = groups[group].x;
    DeformedRow job = deformed_rows[what & ROW];
    uint v = groups[group].y + gl_LocalInvocationID.x;
    if (v >= job.vertex_count) return;
    uint target = job.first + v, to = 7u * target, last = 3u * target;
    vec3 before = uintBitsToFloat(uvec3(vertices[to], vertices[to + 1u], vertices[to + 2u]));
    if ((what & SETTLES) != 0u) {  // it did not move: its past becomes its present
        previous[last] = before.x; previous[last + 1u] = before.y; previous[last + 2u] = before.z;
        return;
    }

    uint base = job.base_vertex + v;
    vec3 position = vec3(positions[3u * base], positions[3u * base + 1u], positions[3u * base + 2u]);
    vec4 normal = vec4(unpackSnorm2x16(surfaces[10u * base]), unpackSnorm2x16(surfaces[10u * base + 1u]));
    vec4 tangent = vec4(unpackSnorm2x16(surfaces[10u * base + 2u]), unpackSnorm2x16(surfaces[10u * base + 3u]));

    for (uint t = 0u; t < job.target_count; t++) {
        float w = weights[job.weight_first + t];
        if (w == 0.0) continue;
        uint at = job.delta_first + (t * job.vertex_count + v) * 3u * job.delta_parts;
        position += w * delta(at);
        if (job.delta_parts > 1u) normal.xyz += w * delta(at + 3u);
        if (job.delta_parts > 2u) tangent.xyz += w * delta(at + 6u);
    }

    if (job.influence_sets > 0u && job.palette_count > 0u) {
        vec4 a = vec4(0.0), b = vec4(0.0), c = vec4(0.0);
        float total = 0.0;
        for (uint s = 0u; s < job.influence_sets; s++) {
            uint at = job.influence_first + (v * job.influence_sets + s) * 6u;
            for (uint i = 0u; i < 4u; i++) {
                float w = uintBitsToFloat(influences[at + 2u + i]);
                if (w == 0.0) continue;
                uint pair = influences[at + i / 2u];
                uint joint = min((i & 1u) == 0u ? pair & 0xFFFFu : pair >> 16, job.palette_count - 1u);
                uint row = 3u * (job.palette_first + joint);
                a += w * palettes[row];
                b += w * palettes[row + 1u];
                c += w * palettes[row + 2u];
                total += w;
            }
        }
        if (total > 0.0) {  // a vertex that no joint holds stays
            a /= total; b /= total; c /= total;
            vec4 p = vec4(position, 1.0);
            position = vec3(dot(a, p), dot(b, p), dot(c, p));
            normal.xyz = vec3(dot(cross(b.xyz, c.xyz), normal.xyz), dot(cross(c.xyz, a.xyz), normal.xyz),
                              dot(cross(a.xyz, b.xyz), normal.xyz));
            tangent.xyz = vec3(dot(a.xyz, tangent.xyz), dot(b.xyz, tangent.xyz), dot(c.xyz, tangent.xyz));
        }
    }

    if (keeps_past != 0u) {
        if ((what & IS_FRESH) != 0u) before = position;
        previous[last] = before.x; previous[last + 1u] = before.y; previous[last + 2u] = before.z;
    }
    float length2 = dot(normal.xyz, normal.xyz);
    normal.xyz = length2 > 0.0 ? normal.xyz * inversesqrt(length2) : vec3(0.0, 1.0, 0.0);
    tangent.xyz -= normal.xyz * dot(normal.xyz, tangent.xyz);  // targets may bend normals and say nothing of tangents
    length2 = dot(tangent.xyz, tangent.xyz);
    tangent.xyz = length2 > 0.0 ? tangent.xyz * inversesqrt(length2) : vec3(0.0);
    uvec3 words = floatBitsToUint(position);
    vertices[to] = words.x; vertices[to + 1u] = words.y; vertices[to + 2u] = words.z;
    vertices[to + 3u] = packSnorm2x16(normal.xy);
    vertices[to + 4u] = packSnorm2x16(vec2(normal.z, 0.0));
    vertices[to + 5u] = packSnorm2x16(tangent.xy);
    vertices[to + 6u] = packSnorm2x16(tangent.zw);
}
