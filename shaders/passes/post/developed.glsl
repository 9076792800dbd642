// What the camera's effects do in the tone map: `taixu.render.post.developed` fills the block.
#ifdef MEASURED
#include "common/exposure.glsl"
layout(std430, binding = 11) readonly buffer Measured { Exposure exposure; };
#endif

layout(binding = 1) uniform sampler2D bloom_map;
layout(binding = 2) uniform sampler2D flare_map;
#ifdef CURVES
layout(binding = 3) uniform sampler2D lut_map;
#else
layout(binding = 3) uniform sampler3D lut_map;
#endif

float exposure_factor() {
#ifdef MEASURED
    return exposure.factor;
#else
    return develop.x;
#endif
}

vec3 numbers_only(vec3 c) { return mix(vec3(0.0), min(c, vec3(60000.0)), greaterThanEqual(c, vec3(0.0))); }

// Light on its way through the lens: linear, before exposure.
vec3 through_lens(vec3 c, vec2 uv) {
    c = numbers_only(c);
#ifdef BLOOM
#ifdef ALL_LIGHT
    c = mix(c, textureLod(bloom_map, uv, 0.0).rgb, glass.x); // what spreads is missing where it came from
#else
    c += glass.x * textureLod(bloom_map, uv, 0.0).rgb;
#endif
#endif
#ifdef FLARE
    c += glass.y * textureLod(flare_map, uv, 0.0).rgb;
#endif
#ifdef LENS
    // The law of cosines to the fourth, of a wide lens, so far as is wanted.
    vec2 off = (uv - 0.5) * 2.0;
    float falls = 1.0 / (1.0 + 0.9 * dot(off, off));
    c *= mix(1.0, falls * falls, glass.z);
#endif
    return c;
}

#ifdef GRADING
// Light as it was graded before the tone curve: linear, after exposure.
vec3 graded_light(vec3 c) {
    c = max(vec3(dot(white[0].xyz, c), dot(white[1].xyz, c), dot(white[2].xyz, c)), 0.0);
    c = 0.18 * pow(max(c, 1e-7) / 0.18, vec3(white[0].w)); // contrast turns about middle grey, in stops
    float gray = dot(c, vec3(0.2126, 0.7152, 0.0722));
    return max(mix(vec3(gray), c, white[1].w), 0.0);
}

vec3 looked_up(vec3 c) {
#ifdef LUT
    vec3 at = clamp((c - lut_low.xyz) * lut_scale.xyz, 0.0, 1.0) * (lut_low.w - 1.0);
#ifdef CURVES
    vec3 u = (at + 0.5) / lut_low.w;
    vec3 found = vec3(textureLod(lut_map, vec2(u.x, 0.5), 0.0).r, textureLod(lut_map, vec2(u.y, 0.5), 0.0).g,
        textureLod(lut_map, vec2(u.z, 0.5), 0.0).b);
#else
    vec3 found = textureLod(lut_map, (at + 0.5) / lut_low.w, 0.0).rgb;
#endif
    return clamp(mix(c, found, lut_scale.w), 0.0, 1.0);
#else
    return c;
#endif
}

// The finished picture, encoded as sRGB: that is what colourists turn, and what tables are made for.
vec3 graded_picture(vec3 c) {
    c = gain.xyz * (c + lift.xyz * (1.0 - c));
    return looked_up(pow(clamp(c, 0.0, 1.0), inverse_gamma.xyz));
}
#endif

uint scattered(uint x) {
    x = (x ^ (x >> 16)) * 0x21f0aaadu;
    x = (x ^ (x >> 15)) * 0xd35a2d97u;
    return x ^ (x >> 15);
}

float chance(uvec2 pixel, uint number) {
    return float(scattered(scattered(pixel.x + 0x9e3779b9u * number) + pixel.y) >> 8) / 16777216.0;
}

// Noise as of film: least in black and in white.
vec3 grainy(vec3 c, uvec2 pixel) {
    float noise = chance(pixel, uint(frame.x)) + chance(pixel, uint(frame.x) + 7919u) - 1.0;
    float gray = dot(c, vec3(0.2126, 0.7152, 0.0722));
    return clamp(c + glass.w * noise * (0.25 + 3.0 * gray * (1.0 - gray)) * 0.12, 0.0, 1.0);
}

// Less than a step of eight bits, so that smooth slopes have no steps.
vec3 dithered(vec3 c, uvec2 pixel) {
    return c + (chance(pixel, 11u) + chance(pixel, 13u) - 1.0) / 255.0 * step(0.5 / 255.0, c) * step(c, vec3(254.5 / 255.0));
}
