// An object's place: transforms lie by entity index, relative to its cell; `world` is relative to the camera's cell.
#include "generated/view.glsl"
#include "generated/scene.glsl"

vec3 cell_offset(uint t) {
#ifdef NO_CELLS // all lie in the first one: nothing to be read
    return vec3(-camera_cell.xyz) * 1024.0;
#else
    ivec3 cell = ivec3(cells[3u * t], cells[3u * t + 1u], cells[3u * t + 2u]);
    return vec3(cell - camera_cell.xyz) * 1024.0;
#endif
}

// An object's rows, for who needs them more than once: drivers on processors read them each time that they are named.
mat3x4 rows_of(uint t) { return mat3x4(transform_row(3u * t), transform_row(3u * t + 1u), transform_row(3u * t + 2u)); }

vec3 world_from_local(uint t, mat3x4 rows, vec3 position) { return vec4(position, 1.0) * rows + cell_offset(t); }
vec3 world_from_local(uint t, vec3 position) { return world_from_local(t, rows_of(t), position); }

// For directions along the surface (tangents).
vec3 world_direction(mat3x4 rows, vec3 direction) { return vec4(direction, 0.0) * rows; }
vec3 world_direction(uint t, vec3 direction) { return world_direction(rows_of(t), direction); }

// By how much larger in volume things become; below 0 where they are mirrored.
float growth(mat3x4 rows) { return dot(cross(rows[0].xyz, rows[1].xyz), rows[2].xyz); }

// For normals: by the cofactors, which also hold for scales of zero; not normalised. Mirrors keep outwards outwards.
vec3 world_normal(mat3x4 rows, vec3 normal) {
    vec3 a = rows[0].xyz, b = rows[1].xyz, c = rows[2].xyz, first = cross(b, c);
    vec3 turned = vec3(dot(first, normal), dot(cross(c, a), normal), dot(cross(a, b), normal));
    return dot(a, first) < 0.0 ? -turned : turned;
}
vec3 world_normal(uint t, vec3 normal) { return world_normal(rows_of(t), normal); }

// Points are four thousandths of the picture's height wide, at least two pixels.
float point_size() { return max(2.0, viewport.y * 0.004); }
