// From linear radiance to the picture: exposure, tone curve, encoding.
#include "common/tonemap.glsl"
#include "common/color.glsl"

layout(binding = 0) uniform sampler2D radiance;
layout(std140, binding = 2) uniform Develop {
    vec4 develop; // exposure factor, curve, gamma (0: sRGB), encoding
    vec4 behind;  // linear display-referred colour behind the picture, w: 1 where there is one
};
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 picture;

const uint ENCODE_SRGB = 0u;    // encoded, straight alpha
const uint ENCODE_DISPLAY = 1u; // tone-mapped, linear, premultiplied
const uint ENCODE_LINEAR = 2u;  // scene-referred, premultiplied

void main() {
    vec4 c = texelFetch(radiance, ivec2(gl_FragCoord.xy), 0);
    uint encoding = uint(develop.w);
    if (encoding == ENCODE_LINEAR) {
        picture = vec4(c.rgb * develop.x, c.a);
        if (behind.w > 0.0) picture = vec4(picture.rgb + behind.rgb * (1.0 - c.a), 1.0);
        return;
    }
    vec3 straight = c.a > 1e-5 ? c.rgb / c.a : vec3(0.0);
    vec3 display = tonemap(uint(develop.y), straight * develop.x);
    float alpha = c.a;
    if (behind.w > 0.0) {
        display = mix(behind.rgb, display, alpha);
        alpha = 1.0;
    }
    if (encoding == ENCODE_DISPLAY) {
        picture = vec4(display * alpha, alpha);
        return;
    }
    picture = vec4(develop.z > 0.0 ? pow(display, vec3(1.0 / develop.z)) : srgb_from_linear(display), alpha);
}
