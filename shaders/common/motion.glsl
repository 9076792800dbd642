// How far what a pixel shows moved while the shutter was open, in pixels, at most so many. Surfaces come from the geometry pass;
// the sky turns with the camera.
#include "generated/view.glsl"

vec2 moved_px(sampler2D velocity_map, sampler2D depth_map, ivec2 at, vec4 shutter) { // shutter: share of a frame, most pixels
    vec2 v = texelFetch(velocity_map, at, 0).xy;
    if (texelFetch(depth_map, at, 0).r <= 0.0 && camera_position.w > 0.5) {
        vec2 ndc = (vec2(at) + 0.5) * viewport.zw * 2.0 - 1.0 - jitter.xy;
        vec3 direction = vec3(ndc / vec2(clip_from_view[0][0], clip_from_view[1][1]), -1.0);
        vec4 before = previous_clip_from_world * vec4(mat3(world_from_view) * direction, 0.0);
        v = before.w > 1e-6 ? 0.5 * (before.xy / before.w - ndc) : vec2(0.0);
    }
    v *= viewport.xy * shutter.x;
    float far = length(v);
    if (!(far < 1e6)) return vec2(0.0);
    return far > shutter.y ? v * (shutter.y / far) : v;
}
