// An object's place: transforms lie by entity index, relative to its cell; `world` is relative to the camera's cell.
#include "generated/view.glsl"
#include "generated/scene.glsl"

vec3 cell_offset(uint t) {
    ivec3 cell = ivec3(cells[3u * t], cells[3u * t + 1u], cells[3u * t + 2u]);
    return vec3(cell - camera_cell.xyz) * 1024.0;
}

vec3 world_from_local(uint t, vec3 position) {
    vec4 p = vec4(position, 1.0);
    return vec3(dot(transforms[3u * t], p), dot(transforms[3u * t + 1u], p), dot(transforms[3u * t + 2u], p))
        + cell_offset(t);
}

// For directions along the surface (tangents).
vec3 world_direction(uint t, vec3 direction) {
    return vec3(dot(transforms[3u * t].xyz, direction), dot(transforms[3u * t + 1u].xyz, direction),
                dot(transforms[3u * t + 2u].xyz, direction));
}

// For normals: by the cofactors, which also hold for scales of zero; not normalised. Mirrors keep outwards outwards.
vec3 world_normal(uint t, vec3 normal) {
    vec3 a = transforms[3u * t].xyz, b = transforms[3u * t + 1u].xyz, c = transforms[3u * t + 2u].xyz;
    vec3 turned = vec3(dot(cross(b, c), normal), dot(cross(c, a), normal), dot(cross(a, b), normal));
    return dot(a, cross(b, c)) < 0.0 ? -turned : turned;
}

// Points are four thousandths of the picture's height wide, at least two pixels.
float point_size() { return max(2.0, viewport.y * 0.004); }
