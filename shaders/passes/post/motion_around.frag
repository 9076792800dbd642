// The fastest motion in each tile and those around it, so far as it comes this way.
layout(binding = 0) uniform sampler2D fastest_map;
layout(location = 0) out vec2 fastest;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy), most = textureSize(fastest_map, 0) - 1;
    vec2 best = vec2(0.0);
    for (int y = -1; y <= 1; ++y)
        for (int x = -1; x <= 1; ++x) {
            vec2 v = texelFetch(fastest_map, clamp(at + ivec2(x, y), ivec2(0), most), 0).xy;
            if (dot(v, v) > dot(best, best)) best = v;
        }
    fastest = best;
}
