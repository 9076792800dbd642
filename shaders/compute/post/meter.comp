// How bright the picture is: weights by the logarithm of luminance. Whole numbers, so that their order does not matter.
#include "common/exposure.glsl"

layout(local_size_x = 16, local_size_y = 16) in;
layout(binding = 0) uniform sampler2D radiance;
layout(std140, binding = 2) uniform Meter { vec4 meter; }; // how much more the middle counts, step in pixels
layout(std430, binding = 11) buffer Measured { Exposure exposure; };

shared uint bins[256];

void main() {
    bins[gl_LocalInvocationIndex] = 0u;
    barrier();
    ivec2 size = textureSize(radiance, 0), at = ivec2(gl_GlobalInvocationID.xy) * int(meter.y);
    if (all(lessThan(at, size))) {
        vec4 c = texelFetch(radiance, at, 0);
        float luminance = dot(c.rgb, vec3(0.2126, 0.7152, 0.0722));
        vec2 off = (vec2(at) + 0.5) / vec2(size) * 2.0 - 1.0;
        float weight = mix(1.0, exp(-2.5 * dot(off, off)), meter.x);
        if (c.a > 0.5 && luminance >= 0.0 && luminance < 1e9) {
            float place = luminance < 1e-9 ? 0.0 : (log2(luminance) - EXPOSURE_DARKEST) / EXPOSURE_STOPS * 254.0 + 1.0;
            atomicAdd(bins[uint(clamp(place, 0.0, 255.0))], uint(weight * 64.0 + 0.5));
        }
    }
    barrier();
    uint found = bins[gl_LocalInvocationIndex];
    if (found > 0u) atomicAdd(exposure.bins[gl_LocalInvocationIndex], found);
}
