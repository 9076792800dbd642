// Occlusion without its noise. Texels count by how near they are to the plane of the middle's surface, so that edges stay edges, and
// a wall that is seen askew is one surface. On a plane one over the distance is straight across the picture.
// First (HALF_SIZE) four by four texels of half size, which is how the noise repeats; then two by two to full size.
#include "common/depth.glsl"
#include "common/math.glsl"

layout(binding = 0) uniform sampler2D depth_map;
layout(binding = 1) uniform sampler2D occlusion_map;
layout(location = 0) in vec2 v_uv;

vec2 texel_at(ivec2 at) { return texelFetch(occlusion_map, clamp(at, ivec2(0), textureSize(occlusion_map, 0) - 1), 0).rg; }

// How one over the distance changes from texel to texel: of both sides the one that changes less lies on the same surface.
vec2 slope_at(ivec2 at, float here) {
    float k = 1.0 / here;
    vec4 d = vec4(k - 1.0 / texel_at(at - ivec2(1, 0)).y, 1.0 / texel_at(at + ivec2(1, 0)).y - k,
                  k - 1.0 / texel_at(at - ivec2(0, 1)).y, 1.0 / texel_at(at + ivec2(0, 1)).y - k);
    return vec2(abs(d.x) < abs(d.y) ? d.x : d.y, abs(d.z) < abs(d.w) ? d.z : d.w);
}

// `off`: how many texels from the middle, whose distance and slope are given.
void add(ivec2 at, float weight, vec2 off, float here, vec2 slope, inout vec2 sum) {
    vec2 s = texel_at(at);
    float expected = 1.0 + dot(slope, off) * here; // over one over the distance here
    weight /= 1e-3 + min(square(here / s.y - expected), square(here / s.y - 1.0)) * 400.0;
    sum += vec2(s.x, 1.0) * weight;
}

#ifdef HALF_SIZE
layout(location = 0) out vec2 result;

void main() {
    ivec2 middle = ivec2(gl_FragCoord.xy);
    float here = texelFetch(occlusion_map, middle, 0).g;
    vec2 sum = vec2(0.0), slope = slope_at(middle, here);
    for (int y = -2; y < 2; ++y)
        for (int x = -2; x < 2; ++x) add(middle + ivec2(x, y), 1.0, vec2(x, y), here, slope, sum);
    result = vec2(sum.x / sum.y, here);
}
#else
layout(location = 0) out float openness;

void main() {
    float here = distance_from_depth(max(texelFetch(depth_map, ivec2(gl_FragCoord.xy), 0).r, 1e-6));
    vec2 at = gl_FragCoord.xy * 0.5 - 0.25; // half-size texel i stands at the full-size texel 2 i
    ivec2 base = ivec2(floor(at));
    vec2 f = at - vec2(base);
    ivec2 nearest = ivec2(round(at));
    vec2 sum = vec2(0.0), slope = slope_at(nearest, max(texel_at(nearest).y, 1e-6));
    add(base, (1.0 - f.x) * (1.0 - f.y) + 0.01, -f, here, slope, sum);
    add(base + ivec2(1, 0), f.x * (1.0 - f.y) + 0.01, vec2(1.0, 0.0) - f, here, slope, sum);
    add(base + ivec2(0, 1), (1.0 - f.x) * f.y + 0.01, vec2(0.0, 1.0) - f, here, slope, sum);
    add(base + ivec2(1, 1), f.x * f.y + 0.01, 1.0 - f, here, slope, sum);
    openness = sum.x / sum.y;
}
#endif
