// Holes of masked materials in shadows.
#include "surface/alpha.glsl"

layout(location = 0) in vec3 v_cut_out;
layout(location = 1) in float v_alpha;
layout(location = 2) flat in uint v_material;

void main() {
    if (is_cut_out(v_material, v_cut_out, v_alpha)) discard;
}
