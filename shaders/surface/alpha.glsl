// Holes of masked materials, for passes that need no more of a material than that.
#include "surface/mapping.glsl"

#ifdef STAGE_VERTEX
// Coordinate and array layer of the base colour.
vec3 cut_out_coordinate(uint material, vec2 uv0, vec2 uv1) {
#ifdef HAS_BASE_COLOR
    return vec3(map_coordinate(material, MAPPING_BASE_COLOR, uv0, uv1), float(layer_of_texture(material, AT_BASE_COLOR)));
#else
    return vec3(0.0);
#endif
}
#else
#ifdef HAS_BASE_COLOR
layout(binding = UNIT_BASE_COLOR) uniform sampler2DArray base_color_map;
#endif

// `coordinate` by `cut_out_coordinate`; its layer is the same at all vertices. `alpha` is the vertices' own.
bool is_cut_out(uint material, vec3 coordinate, float alpha) {
    float opacity = alpha;
#ifdef HAS_BASE_COLOR
    opacity *= texture(base_color_map, vec3(coordinate.xy, round(coordinate.z))).a;
#endif
    return opacity * materials[material].base_color.a < materials[material].alpha_cutoff;
}
#endif
