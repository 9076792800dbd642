// A picture for an impostor: colour as it is without light, and shape; the surface is included before this file.
#include "passes/fragment.glsl"
#include "common/color.glsl"
layout(location = 0) out vec4 baked_color;
layout(location = 1) out vec4 baked_shape;
layout(std140, binding = 2) uniform Bake { vec4 sphere; };

#if defined(LIGHT_MODEL) || defined(USES_SKY) // nothing is lit here, but linkers want every function that is named
vec3 sky_light(vec3 normal) { return vec3(0.0); }
vec3 sky_mirror(vec3 normal, vec3 view, float roughness) { return vec3(0.0); }
#endif

void main() {
    Fragment f = fragment_here();
    SurfaceInputs s = default_surface(f);
    surface(f, s);
    float least = is_masked(f.material) ? hole_below(f.material) : 0.4;
    if (!is_opaque(f.material) && s.opacity < least) discard;
    baked_color = vec4(srgb_from_linear(s.base_color + s.emissive), 1.0);
    float depth = dot(f.position - sphere.xyz, f.view) / sphere.w; // 1 where the sphere is nearest
    baked_shape = vec4(s.normal, clamp(depth, -1.0, 1.0)) * 0.5 + 0.5;
}
