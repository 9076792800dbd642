// The sky behind everything.
#include "generated/view.glsl"
#include "common/equirect.glsl"
#include "common/environment.glsl"
#include "generated/lighting.glsl"
#include "common/air/between.glsl"

layout(binding = 0) uniform sampler2D sky;
layout(binding = TEXTURE_ENVIRONMENT) uniform sampler2D environment_atlas;
layout(std140, binding = 2) uniform Sky {
    vec4 background; // linear colour, w: 1 shows the sky in its place
    vec4 options;    // blur (perceptual roughness)
    vec4 sun;        // towards it, cosine of its radius; above 1 where there is none
    vec4 sun_color;
};
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 radiance;

void main() {
    vec3 color = background.rgb;
    if (background.w > 0.5) {
        vec2 ndc = v_uv * 2.0 - 1.0;
        vec2 extent = vec2(depth_range.z * depth_range.w, depth_range.z);
        vec3 view = camera_position.w > 0.5 ? vec3((ndc - jitter.xy) * extent, -1.0) : vec3(0.0, 0.0, -1.0);
        vec3 d = normalize(mat3(world_from_view) * view);
        float rim = (1.0 - sun.w) * 0.15;
        vec3 disk = sun_color.rgb * smoothstep(sun.w - rim, sun.w + rim, dot(d, sun.xyz));
        vec3 towards = d;
        vec2 cs = lighting.sky_turn.xy;
        d = vec3(cs.x * d.x - cs.y * d.z, d.y, cs.y * d.x + cs.x * d.z);
#if defined(FROM_ATLAS) && defined(SHARP)
        const int x = ENVIRONMENT_MIRROR_X;
        ivec3 mirror = ivec3(x, 0, textureSize(environment_atlas, 0).x - x - 2);
        color = environment_tile(environment_atlas, mirror, octahedron_from_direction(d));
#elif defined(FROM_ATLAS)
        color = environment_reflection(environment_atlas, d, options.x);
#else
        // One level for all: derivatives would jump where the map wraps around.
        float texel = PI / float(textureSize(sky, 0).y);
        float level = max(0.0, log2(2.0 * depth_range.z * viewport.w / texel));
        color = textureLod(sky, equirect_from_direction(d), level).rgb;
#endif
        color = (color + disk) * lighting.sky_turn.z;
#ifdef FOG
        color = seen_through_air(color, 1.0, camera_position.xyz, towards, -1.0, v_uv);
#endif
    }
    radiance = vec4(min(color, vec3(6.0e4)), 1.0);
}
