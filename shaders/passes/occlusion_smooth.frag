// Occlusion without its noise. Texels count by how near their distance is to the middle's, so that edges stay edges.
// First (HALF_SIZE) four by four texels of half size, which is how the noise repeats; then two by two to full size.
#include "common/depth.glsl"
#include "common/math.glsl"

layout(binding = 0) uniform sampler2D depth_map;
layout(binding = 1) uniform sampler2D occlusion_map;
layout(location = 0) in vec2 v_uv;

void add(ivec2 at, float weight, float here, inout vec2 sum) {
    vec2 s = texelFetch(occlusion_map, clamp(at, ivec2(0), textureSize(occlusion_map, 0) - 1), 0).rg;
    weight /= 1e-3 + square(s.y / here - 1.0) * 400.0;
    sum += vec2(s.x, 1.0) * weight;
}

#ifdef HALF_SIZE
layout(location = 0) out vec2 result;

void main() {
    ivec2 middle = ivec2(gl_FragCoord.xy);
    float here = texelFetch(occlusion_map, middle, 0).g;
    vec2 sum = vec2(0.0);
    for (int y = -2; y < 2; ++y) {
        add(middle + ivec2(-2, y), 1.0, here, sum);
        add(middle + ivec2(-1, y), 1.0, here, sum);
        add(middle + ivec2(0, y), 1.0, here, sum);
        add(middle + ivec2(1, y), 1.0, here, sum);
    }
    result = vec2(sum.x / sum.y, here);
}
#else
layout(location = 0) out float openness;

void main() {
    float here = distance_from_depth(max(texelFetch(depth_map, ivec2(gl_FragCoord.xy), 0).r, 1e-6));
    vec2 at = gl_FragCoord.xy * 0.5 - 0.25; // half-size texel i stands at the full-size texel 2 i
    ivec2 base = ivec2(floor(at));
    vec2 f = at - vec2(base);
    vec2 sum = vec2(0.0);
    add(base, (1.0 - f.x) * (1.0 - f.y) + 0.01, here, sum);
    add(base + ivec2(1, 0), f.x * (1.0 - f.y) + 0.01, here, sum);
    add(base + ivec2(0, 1), (1.0 - f.x) * f.y + 0.01, here, sum);
    add(base + ivec2(1, 1), f.x * f.y + 0.01, here, sum);
    openness = sum.x / sum.y;
}
#endif
