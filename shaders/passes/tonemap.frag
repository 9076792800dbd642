// From linear radiance to the picture: exposure, tone curve, encoding.
#include "common/tonemap.glsl"
#include "common/color.glsl"

layout(binding = 0) uniform sampler2D radiance;
layout(std140, binding = 2) uniform Develop {
    vec4 develop; // exposure factor, curve, gamma (0: sRGB), encoding
    vec4 behind;  // linear display-referred colour behind the picture, w: 1 where there is one
#ifdef EFFECTS
    vec4 glass;   // bloom, flare, vignette, grain
    vec4 frame;   // number of the frame
    vec4 white[3]; // white balance, rows of a matrix; w: contrast, saturation
    vec4 lift, inverse_gamma, gain;
    vec4 lut_low, lut_scale; // domain of the table; w: points along a side, strength
#endif
};
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 picture;

const uint ENCODE_SRGB = 0u;    // encoded, straight alpha
const uint ENCODE_DISPLAY = 1u; // tone-mapped, linear, premultiplied
const uint ENCODE_LINEAR = 2u;  // scene-referred, premultiplied

#ifdef EFFECTS
#include "passes/post/developed.glsl"
#endif

void main() {
    vec4 c = texelFetch(radiance, ivec2(gl_FragCoord.xy), 0);
    uint encoding = uint(develop.w);
#ifdef EFFECTS
    c.rgb = through_lens(c.rgb, v_uv);
    float factor = exposure_factor();
#else
    float factor = develop.x;
#endif
    if (encoding == ENCODE_LINEAR) {
        picture = vec4(c.rgb * factor, c.a);
        if (behind.w > 0.0) picture = vec4(picture.rgb + behind.rgb * (1.0 - c.a), 1.0);
        return;
    }
    vec3 straight = c.a > 1e-5 ? c.rgb / c.a : vec3(0.0);
    vec3 light = straight * factor;
#ifdef GRADING
    light = graded_light(light);
#endif
    vec3 display = tonemap(CURVE, light);
#ifdef GRADING
    display = linear_from_srgb(graded_picture(srgb_from_linear(display)));
#endif
#ifdef GRAIN
    display = linear_from_srgb(grainy(srgb_from_linear(display), uvec2(gl_FragCoord.xy)));
#endif
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
#ifdef EFFECTS
    picture.rgb = dithered(picture.rgb, uvec2(gl_FragCoord.xy));
#endif
}
