// Half the size, with radii of blur beside the colours; what is nearest of four pixels counts most.
#include "common/depth.glsl"
#include "common/blur_circle.glsl"
layout(binding = 0) uniform sampler2D radiance;
layout(binding = 1) uniform sampler2D depth_map;
layout(std140, binding = 2) uniform Focus { vec4 lens; };
layout(location = 0) out vec4 half_size;

vec3 numbers_only(vec3 c) { return mix(vec3(0.0), min(c, vec3(60000.0)), greaterThanEqual(c, vec3(0.0))); }

void main() {
    ivec2 most = textureSize(radiance, 0) - 1, at = ivec2(gl_FragCoord.xy) * 2;
    vec3 sum = vec3(0.0);
    float all = 0.0, radius = 1.0;
    for (int i = 0; i < 4; ++i) {
        ivec2 p = min(at + ivec2(i & 1, i >> 1), most);
        float depth = texelFetch(depth_map, p, 0).r;
        float r = blur_radius(depth > 0.0 ? distance_from_depth(depth) : 1e9, lens);
        vec3 c = numbers_only(texelFetch(radiance, p, 0).rgb);
        // Single bright pixels would become flickering discs.
        float weight = 1.0 / (1.0 + max(c.r, max(c.g, c.b)) * lens.w);
        sum += c * weight;
        all += weight;
        radius = min(radius, r);
    }
    half_size = vec4(sum / all, radius);
}
