// The fastest motion in each tile. McGuire et al., "A Reconstruction Filter for Plausible Motion Blur", I3D 2012.
#include "common/motion.glsl"
layout(binding = 0) uniform sampler2D velocity_map;
layout(binding = 1) uniform sampler2D depth_map;
layout(std140, binding = 2) uniform Motion { vec4 shutter; vec4 tiles; }; // tiles: columns and rows
layout(location = 0) out vec2 fastest;

void main() {
    ivec2 size = textureSize(velocity_map, 0);
    ivec2 tile = ivec2(gl_FragCoord.xy), count = ivec2(tiles.xy);
    ivec2 from = tile * size / count, to = (tile + 1) * size / count;
    vec2 best = vec2(0.0);
    for (int y = from.y; y < to.y; ++y)
        for (int x = from.x; x < to.x; ++x) {
            vec2 v = moved_px(velocity_map, depth_map, ivec2(x, y), shutter);
            if (dot(v, v) > dot(best, best)) best = v;
        }
    fastest = best;
}
