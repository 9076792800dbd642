// Where an object's vertex was in the last frame, relative to last frame's camera cell.
#include "common/object.glsl"
#include "generated/previous.glsl"
#include "common/deformed.glsl"

vec3 previous_world_from_local(uint t, vec3 position) {
    vec4 p = vec4(position, 1.0);
    ivec3 cell = ivec3(previous_cells[3u * t], previous_cells[3u * t + 1u], previous_cells[3u * t + 2u]);
    return vec3(dot(previous_transforms[3u * t], p), dot(previous_transforms[3u * t + 1u], p),
                dot(previous_transforms[3u * t + 2u], p)) + vec3(cell - previous_cell.xyz) * 1024.0;
}

// The local position that a vertex had: another one only where meshes are deformed.
vec3 previous_local(RenderableRow object, vec3 now) {
#ifdef DEFORMED
    uint at = 3u * own_vertex(object);
    return vec3(previous_positions[at], previous_positions[at + 1u], previous_positions[at + 2u]);
#else
    return now;
#endif
}
