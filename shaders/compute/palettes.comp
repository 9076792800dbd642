// Joint matrices of skins: from a mesh at rest to the mesh as the joints stand now, relative to the mesh's own entity, so
// that great distances cancel out before anything is rounded. A work group is up to 64 joints of one skin.
#include "common/object.glsl"
layout(local_size_x = 64) in;
layout(std140, binding = 2) uniform Params { uint group_count; };
layout(std430, binding = 10) readonly buffer Bases { uint bases[]; };       // the entity that a joint stands against; 0: its cell
layout(std430, binding = 11) readonly buffer Binds { vec4 binds[]; };       // joint from mesh at rest, three rows each
layout(std430, binding = 12) readonly buffer Groups { uvec2 groups[]; };    // first joint, how many
layout(std430, binding = 13) readonly buffer Joints { uvec4 joints[]; };    // entity of the joint, of the mesh, bind
layout(std430, binding = 14) writeonly buffer Palettes { vec4 palettes[]; };

void main() {
    uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
    if (group >= group_count || gl_LocalInvocationID.x >= groups[group].y) return;
    uint row = groups[group].x + gl_LocalInvocationID.x;
    uvec4 who = joints[row];
    uint j = who.x, m = who.y;
    vec4 m0 = transform_row(3u * m), m1 = transform_row(3u * m + 1u), m2 = transform_row(3u * m + 2u);
    vec4 j0 = transform_row(3u * j), j1 = transform_row(3u * j + 1u), j2 = transform_row(3u * j + 2u);
    uint cell = j, base = bases[j];
    if (base != 0u) {
        cell = base;
        vec4 b0 = transform_row(3u * base), b1 = transform_row(3u * base + 1u), b2 = transform_row(3u * base + 2u), last = vec4(0, 0, 0, 1);
        mat4 local = mat4(j0, j1, j2, last); // transposed: rows are columns here
        j0 = local * b0; j1 = local * b1; j2 = local * b2;
    }
    vec3 x = vec3(m0.x, m1.x, m2.x), y = vec3(m0.y, m1.y, m2.y), z = vec3(m0.z, m1.z, m2.z);
    // Scaled before it is multiplied out: the determinant of something tiny is no number any more.
    float size = max(length(x), max(length(y), length(z)));
    float inverse_size = size > 0.0 ? 1.0 / size : 0.0;
    x *= inverse_size; y *= inverse_size; z *= inverse_size;
    vec3 yz = cross(y, z), zx = cross(z, x), xy = cross(x, y);
    float determinant = dot(x, yz);
    float scale = abs(determinant) > 1e-30 ? inverse_size / determinant : 0.0;  // what is flat shows nothing
    vec3 apart = vec3(j0.w - m0.w, j1.w - m1.w, j2.w - m2.w)
        + vec3(ivec3(cells[3u * cell], cells[3u * cell + 1u], cells[3u * cell + 2u])
               - ivec3(cells[3u * m], cells[3u * m + 1u], cells[3u * m + 2u])) * 1024.0;
    j0.w = apart.x; j1.w = apart.y; j2.w = apart.z;
    vec4 b0 = binds[3u * who.z], b1 = binds[3u * who.z + 1u], b2 = binds[3u * who.z + 2u];
    vec3 rows[3] = vec3[](yz * scale, zx * scale, xy * scale);
    for (int i = 0; i < 3; i++) {
        vec4 p = rows[i].x * j0 + rows[i].y * j1 + rows[i].z * j2;
        vec4 found = p.x * b0 + p.y * b1 + p.z * b2;
        found.w += p.w;
        palettes[3u * row + uint(i)] = found;
    }
}
