// Half-size occlusion to full size: a tent over 4x4 texels, each weighted by how near its depth is.
#include "common/depth.glsl"

layout(binding = 0) uniform sampler2D depth_map;
layout(binding = 1) uniform sampler2D occlusion_map;
layout(location = 0) in vec2 v_uv;
layout(location = 0) out float openness;

void main() {
    float depth = texelFetch(depth_map, ivec2(gl_FragCoord.xy), 0).r;
    if (depth <= 0.0) {
        openness = 1.0;
        return;
    }
    float here = distance_from_depth(depth);
    ivec2 size = textureSize(occlusion_map, 0);
    vec2 at = v_uv * vec2(size) - 0.5;
    ivec2 base = ivec2(floor(at));
    vec2 f = at - vec2(base);
    float sum = 0.0, total = 0.0;
    for (int y = -1; y <= 2; ++y) {
        for (int x = -1; x <= 2; ++x) {
            vec2 s = texelFetch(occlusion_map, clamp(base + ivec2(x, y), ivec2(0), size - 1), 0).rg;
            vec2 w = 2.0 - abs(vec2(x, y) - f);
            float weight = w.x * w.y * exp(-abs(s.y - here) / (0.02 * here)) + 1e-5;
            sum += s.x * weight;
            total += weight;
        }
    }
    openness = sum / total;
}
