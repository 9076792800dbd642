// What splats were mixed to, as light over the picture.
#include "common/color.glsl"
#ifdef AWAY
#include "generated/view.glsl"
#include "common/air/between.glsl"
layout(binding = 1) uniform sampler2D away;
layout(location = 0) in vec2 v_uv;
#endif
layout(binding = 0) uniform sampler2D splats;
layout(location = 0) out vec4 radiance;

void main() {
    vec4 mixed = texelFetch(splats, ivec2(gl_FragCoord.xy), 0);
    if (!(mixed.a > 0.0)) discard;
    vec3 light = min(linear_from_srgb(mixed.rgb / mixed.a), 6.0e4) * mixed.a;
#ifdef AWAY
    // The air before where they lie in the middle.
    vec2 ndc = v_uv * 2.0 - 1.0;
    vec4 near = world_from_clip * vec4(ndc, 1.0, 1.0);
    bool perspective = camera_position.w > 0.5;
    vec3 eye = perspective ? camera_position.xyz : near.xyz / near.w;
    vec3 d = perspective ? normalize(near.xyz / near.w - eye) : -world_from_view[2].xyz;
    light = seen_through_air(light, mixed.a, eye, d, texelFetch(away, ivec2(gl_FragCoord.xy), 0).r / mixed.a, v_uv);
#endif
    radiance = vec4(light, mixed.a);
}
