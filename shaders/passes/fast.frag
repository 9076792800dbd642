#include "generated/view.glsl"
#include "passes/fast_light.glsl"
#ifdef PLACES_VERTICES
layout(location = 0) in vec3 v_position;
layout(location = 4) in vec4 v_color;
layout(location = 5) flat in uint v_material;
vec3 sky_light(vec3 normal) { return vec3(0.0); }
vec3 sky_mirror(vec3 normal, vec3 view, float roughness) { return vec3(0.0); }
#else
in vec4 shade;
#ifdef HAS_BASE_COLOR
#include "surface/alpha.glsl"
in vec3 v_cut_out;
#ifdef ALPHA_MASK
flat in float v_cutoff;
#endif
#endif
#endif
#ifdef FADES
#include "common/dither.glsl"
flat in float v_stays;
#endif
layout(location = 0) out vec4 picture;
#ifdef WRITE_ID
flat in uint entity;
layout(location = 1) out uint picked;
#endif

void main() {
#ifdef FADES
    if (dither(gl_FragCoord.xy) >= v_stays) discard;
#endif
#ifdef PLACES_VERTICES
    Fragment f;
    f.view = camera_position.w > 0.5 ? normalize(camera_position.xyz - v_position) : world_from_view[2].xyz;
    f.color = v_color;
    f.material = v_material;
    f.position = v_position;
    f.normal = f.view;
    f.front = true;
    SurfaceInputs s = default_surface(f);
    surface(f, s);
    if (s.opacity < 0.5) discard;
    picture = vec4(srgb_from_linear_quickly(clamp(s.base_color * light_on(s.normal), 0.0, 1.0)), 1.0);
#elif defined(HAS_BASE_COLOR)
    vec4 texel = texture(base_color_map, vec3(v_cut_out.xy, round(v_cut_out.z)), texture_bias);
    float opacity = texel.a * shade.a;
#ifdef ALPHA_MASK
    if (opacity < v_cutoff) discard;
#endif
    picture = vec4(srgb_from_linear_quickly(clamp(texel.rgb * shade.rgb, 0.0, 1.0)), opacity);
#else
    picture = shade;
#endif
#ifdef WRITE_ID
    picked = entity;
#endif
}
