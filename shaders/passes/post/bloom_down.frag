// Half the size: five overlapping boxes of four, which flicker less than one (13 looks). Jimenez, "Next Generation Post Processing
// in Call of Duty: Advanced Warfare", 2014. In the first step each box counts less the brighter it is, so that single bright pixels
// do not sparkle.
#ifdef FIRST
#ifdef MEASURED
#include "common/exposure.glsl"
layout(std430, binding = 11) readonly buffer Measured { Exposure exposure; };
#endif
#endif
layout(binding = 0) uniform sampler2D larger;
layout(std140, binding = 2) uniform Bloom { vec4 bloom; }; // exposure factor, threshold
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 smaller;

vec3 look(float x, float y) {
    vec3 c = textureLod(larger, v_uv + vec2(x, y) / vec2(textureSize(larger, 0)), 0.0).rgb;
#ifdef FIRST
    c = mix(vec3(0.0), min(c, vec3(60000.0)), greaterThanEqual(c, vec3(0.0))); // what is no number is dark
#endif
    return c;
}

#ifdef FIRST
float factor() {
#ifdef MEASURED
    return exposure.factor;
#else
    return bloom.x;
#endif
}
#endif

void main() {
    vec3 a = look(-2.0, 2.0), b = look(0.0, 2.0), c = look(2.0, 2.0);
    vec3 d = look(-2.0, 0.0), e = look(0.0, 0.0), f = look(2.0, 0.0);
    vec3 g = look(-2.0, -2.0), h = look(0.0, -2.0), i = look(2.0, -2.0);
    vec3 j = look(-1.0, 1.0), k = look(1.0, 1.0), l = look(-1.0, -1.0), m = look(1.0, -1.0);
    vec3 box[5] = vec3[](j + k + l + m, a + b + d + e, b + c + e + f, d + e + g + h, e + f + h + i);
    vec3 sum = vec3(0.0);
    float all = 0.0;
    for (int n = 0; n < 5; ++n) {
        vec3 mean = 0.25 * box[n];
        float weight = n == 0 ? 0.5 : 0.125;
#ifdef FIRST
        float luminance = dot(mean, vec3(0.2126, 0.7152, 0.0722)) * factor();
        mean *= max(luminance - bloom.y, 0.0) / max(luminance, 1e-6);
        weight /= 1.0 + luminance;
#endif
        sum += mean * weight;
        all += weight;
    }
    smaller = vec4(sum / all, 1.0);
}
