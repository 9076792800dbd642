// Holes of masked materials, for passes that need no more of a material than that.
#include "surface/standard.glsl"

bool is_cut_out(uint material, vec2 uv0, vec2 uv1, float alpha) {
    Fragment f;
    f.uv0 = uv0;
    f.uv1 = uv1;
    f.color = vec4(1.0, 1.0, 1.0, alpha);
    StandardMaterial m = materials[material];
    return surface_color(m, f).a < m.alpha_cutoff;
}
