// Smears what moves, along the fastest motion nearby: a pixel gets what moves over it, and of what lies behind it nothing.
// McGuire et al., "A Reconstruction Filter for Plausible Motion Blur", I3D 2012.
#include "common/depth.glsl"
#include "common/motion.glsl"
#include "common/dither.glsl"
layout(binding = 0) uniform sampler2D radiance;
layout(binding = 1) uniform sampler2D velocity_map;
layout(binding = 2) uniform sampler2D depth_map;
layout(binding = 3) uniform sampler2D fastest_map;
layout(std140, binding = 2) uniform Motion { vec4 shutter; vec4 tiles; };
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 moved;

const int STEPS = 11;

float cone(float away, float reach) { return clamp(1.0 - away / max(reach, 1e-4), 0.0, 1.0); }
float cylinder(float away, float reach) { return 1.0 - smoothstep(0.95 * reach, 1.05 * reach + 1e-4, away); }

// 1 where a lies before b, or as near as makes no difference.
float before(float a, float b) { return clamp(1.0 - (a - b) / (0.02 * min(a, b) + 1e-4), 0.0, 1.0); }

float distance_at(ivec2 at) {
    float depth = texelFetch(depth_map, at, 0).r;
    return depth > 0.0 ? min(distance_from_depth(depth), 1e6) : 1e6;
}

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy), most = textureSize(radiance, 0) - 1;
    vec4 here = texelFetch(radiance, at, 0);
    vec2 fastest = texelFetch(fastest_map, min(ivec2(v_uv * tiles.xy), ivec2(tiles.xy) - 1), 0).xy;
    moved = here;
    if (dot(fastest, fastest) < 0.25) return;
    float own = max(0.5 * length(moved_px(velocity_map, depth_map, at, shutter)), 0.5);
    float away_m = distance_at(at), weight = 1.0 / own, jump = dither(gl_FragCoord.xy) - 0.5;
    vec4 sum = here * weight;
    for (int i = 0; i < STEPS; ++i) {
        if (i == STEPS / 2) continue;
        float t = mix(-0.5, 0.5, (float(i) + jump + 1.0) / float(STEPS + 1));
        ivec2 p = clamp(ivec2(gl_FragCoord.xy + fastest * t), ivec2(0), most);
        float distance_px = length(fastest * t), there_m = distance_at(p);
        float reach = max(0.5 * length(moved_px(velocity_map, depth_map, p, shutter)), 0.5);
        float w = before(there_m, away_m) * cone(distance_px, reach) + before(away_m, there_m) * cone(distance_px, own)
            + 2.0 * cylinder(distance_px, reach) * cylinder(distance_px, own);
        sum += w * texelFetch(radiance, p, 0);
        weight += w;
    }
    moved = sum / weight;
}
