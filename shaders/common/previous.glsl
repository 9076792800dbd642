// Where an object's vertex was in the last frame, relative to last frame's camera cell.
#include "common/object.glsl"
#include "generated/previous.glsl"
#include "generated/meshes.glsl"

vec3 previous_world_from_local(uint t, vec3 position) {
    vec4 p = vec4(position, 1.0);
    ivec3 cell = ivec3(previous_cells[3u * t], previous_cells[3u * t + 1u], previous_cells[3u * t + 2u]);
    return vec3(dot(previous_transforms[3u * t], p), dot(previous_transforms[3u * t + 1u], p),
                dot(previous_transforms[3u * t + 2u], p)) + vec3(cell - previous_cell.xyz) * 1024.0;
}

// The local position that a vertex (gl_VertexID) had: another one only in deformed meshes.
vec3 previous_local(uint mesh, int vertex, vec3 now) {
    uint first = meshes[mesh].previous_vertex;
    if (first == 0xFFFFFFFFu) return now;
    uint at = (first + uint(vertex) - meshes[mesh].first_vertex) * 3u;
    return vec3(previous_positions[at], previous_positions[at + 1u], previous_positions[at + 2u]);
}
