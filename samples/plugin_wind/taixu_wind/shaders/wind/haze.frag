// Dusty air: alpha grows with the distance to what is seen. Depth is reversed: 0 is infinitely far.
#include "generated/view.glsl"

layout(binding = 0) uniform sampler2D depth;
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 dust;

void main() {
    vec2 ndc = v_uv * 2.0 - 1.0;
    float z = texelFetch(depth, ivec2(gl_FragCoord.xy), 0).r;
    vec4 place = world_from_clip * vec4(ndc, max(z, 1e-6), 1.0);
    float distance_m = length(place.xyz / place.w - camera_position.xyz);
    dust = vec4(0.85, 0.74, 0.55, 1.0 - exp(-distance_m / 60.0));
}
