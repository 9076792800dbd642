// The sharp picture and the blurred one, each where it belongs.
#include "common/depth.glsl"
#include "common/blur_circle.glsl"
layout(binding = 0) uniform sampler2D radiance;
layout(binding = 1) uniform sampler2D depth_map;
layout(binding = 2) uniform sampler2D blurred;
layout(std140, binding = 2) uniform Focus { vec4 lens; };
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 focused;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 c = texelFetch(radiance, at, 0);
    float depth = texelFetch(depth_map, at, 0).r;
    float radius = blur_radius(depth > 0.0 ? distance_from_depth(depth) : 1e9, lens) * viewport.y;
    // A tent over the blurred picture takes out what single taps left.
    vec2 o = 0.5 / vec2(textureSize(blurred, 0));
    vec4 b = 0.25 * (textureLod(blurred, v_uv + o, 0.0) + textureLod(blurred, v_uv - o, 0.0)
        + textureLod(blurred, v_uv + vec2(o.x, -o.y), 0.0) + textureLod(blurred, v_uv + vec2(-o.x, o.y), 0.0));
    // Where something blurred stands before it, the blurred picture has it at its share already.
    float share = max(smoothstep(0.5, 3.0, abs(radius)), clamp(8.0 * b.a, 0.0, 1.0));
    focused = vec4(mix(c.rgb, b.rgb, share), c.a);
}
