// Small shadows of the sun from the picture's depth: a short ray towards it, and what it passes closely behind.
#include "common/depth.glsl"
#include "common/sampling.glsl"

layout(binding = 0) uniform sampler2D depth_map;
#ifdef OCCLUDED
layout(binding = 1) uniform sampler2D occlusion_map;
#endif
layout(std140, binding = 2) uniform Contact {
    vec4 to_sun; // in view space; noise offset
    vec4 reach;  // share of the distance, longest in metres, whether there is a sun, -
};
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec2 result; // openness, what comes through

const int STEPS = 12;

float distance_at(vec2 uv) { return distance_from_depth(texelFetch(depth_map, ivec2(uv * viewport.xy), 0).r); }

void main() {
    float depth = texelFetch(depth_map, ivec2(gl_FragCoord.xy), 0).r, open = 1.0, hidden = 0.0;
#ifdef OCCLUDED
    open = texelFetch(occlusion_map, ivec2(gl_FragCoord.xy), 0).r;
#endif
    bool looks = depth > 0.0 && reach.z > 0.5;
    for (; looks; looks = false) { // a loop, for software goes through what an `if` skips
        vec3 start = view_from_depth(gl_FragCoord.xy * viewport.zw, depth);
        float away = -start.z, far = min(away * reach.x, reach.y);
        float first = fract(gradient_noise(gl_FragCoord.xy) + to_sun.w);
        // What is nearer than a ray by less is the surface itself, by more it is thin and stands before it.
        float least = 0.0015 * away + 0.02 * far, most = 0.35 * far;
        for (int i = 0; i < STEPS && hidden < 1.0; ++i) {
            float along = far * (float(i) + first + 0.3) / float(STEPS);
            vec3 p = start + to_sun.xyz * along;
            vec4 clip = clip_from_view * vec4(p, 1.0);
            vec2 uv = clip.xy / clip.w * 0.5 + 0.5;
            if (clip.w <= 0.0 || any(lessThan(uv, vec2(0.0))) || any(greaterThanEqual(uv, vec2(1.0)))) break;
            float behind = -p.z - distance_at(uv);
            if (behind > least && behind < most) hidden = 1.0 - square(along / far) * 0.5;
        }
    }
    result = vec2(open, 1.0 - hidden);
}
