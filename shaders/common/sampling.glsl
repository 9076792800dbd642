// Low-discrepancy points and directions.
#include "common/math.glsl"

// Van der Corput in base 2 against i / n.
vec2 hammersley(uint i, uint n) { return vec2(float(i) / float(n), float(bitfieldReverse(i)) * 2.3283064365386963e-10); }

// Interleaved gradient noise in [0, 1): Jimenez, "Next Generation Post Processing in Call of Duty", 2014.
float gradient_noise(vec2 pixel) { return fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715)))); }

// Half vector about +Z with density D(h) n.h.
vec3 sample_ggx(vec2 u, float alpha) {
    float c2 = (1.0 - u.y) / (1.0 + (alpha * alpha - 1.0) * u.y);
    float s = sqrt(max(0.0, 1.0 - c2));
    float phi = 2.0 * PI * u.x;
    return vec3(s * cos(phi), s * sin(phi), sqrt(c2));
}

// A point of a disk of radius 1, the i-th of n, evenly spread (Vogel's spiral), turned by `angle`.
vec2 vogel_disk(uint i, uint n, float angle) {
    float theta = float(i) * 2.39996323 + angle;
    return sqrt((float(i) + 0.5) / float(n)) * vec2(cos(theta), sin(theta));
}
