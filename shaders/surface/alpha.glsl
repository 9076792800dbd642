// Holes of masked materials, for passes that need no more of a material than that.
#include "generated/view.glsl"
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

// Opacity, less the material's own factor. `coordinate` by `cut_out_coordinate`; its layer is the same at all vertices.
// `alpha` is the vertices' own.
float opacity_at(vec3 coordinate, float alpha) {
#ifdef HAS_BASE_COLOR
    alpha *= texture(base_color_map, vec3(coordinate.xy, round(coordinate.z)), texture_bias).a;
#endif
    return alpha;
}

bool is_cut_out(uint material, vec3 coordinate, float alpha) {
    return opacity_at(coordinate, alpha) * material_row(material).base_color.a < material_row(material).alpha_cutoff;
}

#ifdef SAMPLES
// The samples of a pixel that stand: as many as the edge, a ramp one pixel wide, leaves of it.
// Golus, "Anti-aliased Alpha Test: The Esoteric Alpha To Coverage", 2017.
int standing_samples(uint material, vec3 coordinate, float alpha) {
    float opacity = opacity_at(coordinate, alpha);
    float width = max(length(vec2(dFdx(opacity), dFdy(opacity))), 1e-4); // before anything is read from storage: see `surface/mapping.glsl`
    float factor = max(material_row(material).base_color.a, 1e-6);
    float share = clamp((opacity - material_row(material).alpha_cutoff / factor) / width + 0.5, 0.0, 1.0);
    return (1 << int(share * float(SAMPLES) + 0.5)) - 1;
}
#endif
#endif
