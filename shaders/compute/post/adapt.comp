// The exposure that a picture asks for, and how far the eye has got used to it.
#include "common/exposure.glsl"

layout(local_size_x = 1) in;
layout(std140, binding = 2) uniform Adapt {
    vec4 limits; // fewest and most stops, those added, strength
    vec4 pace;   // share of the way that is gone in this frame: to brighter pictures, to darker ones; low and high quantile
};
layout(std430, binding = 11) buffer Measured { Exposure exposure; };

void main() {
    float total = 0.0;
    for (int i = 1; i < 256; ++i) total += float(exposure.bins[i]);
    // What is very dark or very bright says little about the rest: it is left out.
    float from = pace.z * total, to = pace.w * total, passed = 0.0, sum = 0.0, weight = 0.0;
    for (int i = 1; i < 256; ++i) {
        float next = passed + float(exposure.bins[i]);
        float used = max(0.0, min(next, to) - max(passed, from));
        sum += used * ((float(i) - 0.5) / 254.0 * EXPOSURE_STOPS + EXPOSURE_DARKEST);
        weight += used;
        passed = next;
    }
    for (int i = 0; i < 256; ++i) exposure.bins[i] = 0u;
    float middle = weight > 0.0 ? log2(0.18) - sum / weight : 0.0;
    float wanted = clamp(limits.w * middle + limits.z, limits.x, limits.y);
    float ev = exposure.ev;
    float share = exposure.is_begun == 0u ? 1.0 : (wanted > ev ? pace.x : pace.y);
    ev = share >= 1.0 ? wanted : mix(ev, wanted, share);
    exposure.ev = ev;
    exposure.factor = exp2(ev);
    exposure.wanted = wanted;
    exposure.is_begun = 1u;
}
