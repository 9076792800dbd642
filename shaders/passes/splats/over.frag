// What splats were mixed to, as light over the picture.
#include "common/color.glsl"
layout(binding = 0) uniform sampler2D splats;
layout(location = 0) out vec4 radiance;

void main() {
    vec4 mixed = texelFetch(splats, ivec2(gl_FragCoord.xy), 0);
    if (!(mixed.a > 0.0)) discard;
    radiance = vec4(min(linear_from_srgb(mixed.rgb / mixed.a), 6.0e4) * mixed.a, mixed.a);
}
