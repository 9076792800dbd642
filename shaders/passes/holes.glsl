// Depth, and what the geometry pass writes with it, of surfaces that say themselves how opaque they are; the surface is
// included before this file. Shadow maps are drawn with it too.
#include "passes/fragment.glsl"
#ifdef NORMAL_AT
layout(location = NORMAL_AT) out vec4 target_normal;
#endif
#ifdef VELOCITY_AT
in vec4 v_now;
in vec4 v_before;
layout(location = VELOCITY_AT) out vec2 target_velocity;
#endif
#ifdef ID_AT
flat in uint v_entity;
layout(location = ID_AT) out uint target_id;
#endif

#if defined(LIGHT_MODEL) || defined(USES_SKY) // nothing is lit here, but linkers want every function that is named
vec3 sky_light(vec3 normal) { return vec3(0.0); }
vec3 sky_mirror(vec3 normal, vec3 view, float roughness) { return vec3(0.0); }
#endif

void main() {
    Fragment f = fragment_here();
    SurfaceInputs s = default_surface(f);
    surface(f, s);
    if (s.opacity < hole_below(f.material)) discard;
#if defined(CASTER) && defined(PLACES_VERTICES)
    vec4 place = clip_from_world * vec4(placed_fragment(f), 1.0);
    gl_FragDepth = clamp(place.z / place.w, 0.0, 1.0);
#endif
#ifdef NORMAL_AT
#ifdef PLACES_VERTICES
    f.normal = s.normal;
#endif
    target_normal = vec4(f.normal, 1.0);
#endif
#ifdef VELOCITY_AT
    target_velocity = 0.5 * (v_before.xy / v_before.w - v_now.xy / v_now.w);
#endif
#ifdef ID_AT
    target_id = v_entity;
#endif
}
