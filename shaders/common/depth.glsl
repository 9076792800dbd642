// From reversed depth back to places in view space.
#include "generated/view.glsl"

// Metres along the view (positive) at a depth; depth 0 is infinitely far, or the far plane.
float distance_from_depth(float depth) {
    float a = clip_from_view[2][2], b = clip_from_view[3][2];
    return camera_position.w > 0.5 ? b / max(depth + a, 1e-9) : (b - depth) / a;
}

// View-space position of texture coordinate `uv` at a depth.
vec3 view_from_depth(vec2 uv, float depth) {
    float d = distance_from_depth(depth);
    vec2 ndc = uv * 2.0 - 1.0 - jitter.xy;
    vec2 xy = ndc / vec2(clip_from_view[0][0], clip_from_view[1][1]);
    return vec3(camera_position.w > 0.5 ? xy * d : xy, -d);
}
