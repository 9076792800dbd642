// Holes of masked materials in shadows.
#include "surface/alpha.glsl"

layout(location = 0) in vec4 v_uv;
layout(location = 1) in float v_alpha;
layout(location = 2) flat in uint v_material;

void main() {
    if (is_cut_out(v_material, v_uv.xy, v_uv.zw, v_alpha)) discard;
}
