// Textures of the standard surface, from vertices to fragments. A signature says which there are, through which mapping
// each is seen and on which unit it lies: `taixu.render.signature`.
#include "generated/view.glsl"
#include "surface/inputs.glsl"
#include "surface/mapping.glsl"

#ifdef STAGE_VERTEX
#if MAPPINGS > 0
layout(location = 8) out vec4 v_mapped[(MAPPINGS + 1) / 2];
#endif
#if TEXTURES > 0
layout(location = 12) flat out uvec4 v_texture_layers[(TEXTURES + 7) / 8];
#endif

void put_textures(uint material, vec2 uv0, vec2 uv1) {
#if MAPPINGS > 0
    for (int k = 0; k < MAPPINGS; k += 2) {
        v_mapped[k / 2].xy = map_coordinate(material, PLAIN_MAPPINGS + k, uv0, uv1);
        v_mapped[k / 2].zw = k + 1 < MAPPINGS ? map_coordinate(material, PLAIN_MAPPINGS + k + 1, uv0, uv1) : vec2(0.0);
    }
#endif
#if TEXTURES > 0
    for (int i = 0; i < (TEXTURES + 7) / 8; ++i) v_texture_layers[i] = material_row(material).texture_layers[i];
#endif
}
#else
#ifdef STAGE_COMPUTE // a path that has met a triangle
#define SAMPLE_MAP(map, at) textureLod(map, at, 0.0)
vec2 texture_coordinate(Fragment f, int mapping) { return map_coordinate(f.material, mapping, f.uv0, f.uv1); }
#if TEXTURES > 0
float texture_layer(int at) { return float(layer_of_texture(material_met, at)); }
#endif
#else
#define SAMPLE_MAP(map, at) texture(map, at, texture_bias)
#if MAPPINGS > 0
layout(location = 8) in vec4 v_mapped[(MAPPINGS + 1) / 2];
#endif
vec2 texture_coordinate(Fragment f, int mapping) {
    if (mapping == 0) return f.uv0;
    if (mapping == 1) return f.uv1;
#if MAPPINGS > 0
    int k = mapping - PLAIN_MAPPINGS;
    return k % 2 == 0 ? v_mapped[k / 2].xy : v_mapped[k / 2].zw;
#else
    return f.uv0;
#endif
}

#if TEXTURES > 0
layout(location = 12) flat in uvec4 v_texture_layers[(TEXTURES + 7) / 8];

float texture_layer(int at) { return float(bitfieldExtract(v_texture_layers[at / 8][at / 2 % 4], 16 * (at % 2), 16)); }
#endif
#endif

#ifdef ENCODED
// Colours as they are stored, mixed before they are made linear: software mixes bytes several times as fast. The cubic is that of
// Taylor, "sRGB Approximations for HLSL", 2012.
vec4 decoded(vec4 c) { return vec4(c.rgb * (c.rgb * (c.rgb * 0.305306011 + 0.682171111) + 0.012522878), c.a); }
#define DECODED(color) decoded(color)
#else
#define DECODED(color) color
#endif
#include "generated/texture_slots.glsl"
#endif
