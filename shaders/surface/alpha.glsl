// Holes of masked materials, for passes that need no more of a material than that.
#include "generated/materials.glsl"

#ifdef TEXTURED
layout(binding = TEXTURE_BASE_COLOR) uniform sampler2DArray base_color_map;
#endif

bool is_cut_out(uint material, vec2 uv0, vec2 uv1, float alpha) {
    float opacity = alpha * materials[material].base_color.a;
#ifdef TEXTURED
    // Derivatives of what comes from the vertices only: see `surface/standard.glsl`.
    vec4 u = materials[material].slots[2 * SLOT_BASE_COLOR], v = materials[material].slots[2 * SLOT_BASE_COLOR + 1];
    bool second = v.w > 0.5;
    vec2 dx = second ? dFdx(uv1) : dFdx(uv0), dy = second ? dFdy(uv1) : dFdy(uv0);
    vec3 uv = vec3(second ? uv1 : uv0, 1.0);
    if (u.w >= 0.0) {
        opacity *= textureGrad(base_color_map, vec3(dot(u.xyz, uv), dot(v.xyz, uv), u.w), vec2(dot(u.xy, dx), dot(v.xy, dx)),
                               vec2(dot(u.xy, dy), dot(v.xy, dy))).a;
    }
#endif
    return opacity < materials[material].alpha_cutoff;
}
