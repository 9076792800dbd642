// How textures are laid over a mesh, and where they lie in their arrays.
// Both are worked out at the vertices: in a fragment, invocations that only help with derivatives may read nothing from a
// storage block, and mip maps would be chosen from garbage along the edges of triangles. Paths, which have no vertices and no
// derivatives, work them out where they meet a triangle.
#include "generated/materials.glsl"

#ifndef STAGE_FRAGMENT
// Texture coordinate through mapping `k` of a material.
vec2 map_coordinate(uint material, int k, vec2 uv0, vec2 uv1) {
    if (k < PLAIN_MAPPINGS) return k == 0 ? uv0 : uv1;
    int row = 2 * (k - PLAIN_MAPPINGS);
    vec4 u = material_row(material).mappings[row], v = material_row(material).mappings[row + 1];
    vec3 uv = vec3(u.w > 0.5 ? uv1 : uv0, 1.0);
    return vec2(dot(u.xyz, uv), dot(v.xyz, uv));
}

// Array layer of the `at`-th texture of a material.
uint layer_of_texture(uint material, int at) {
    return bitfieldExtract(material_row(material).texture_layers[at / 8][at / 2 % 4], 16 * (at % 2), 16);
}
#endif
