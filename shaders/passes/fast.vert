// The simple-lit path: light is worked out at the vertex (and encoded there, where no texture is read), so that a pixel costs
// next to nothing. Impostors are lit by pixel: `surface/card.glsl` is included before this file.
#include "common/object.glsl"
#include "common/deformed.glsl"
#include "common/sway.glsl"
#include "generated/materials.glsl"
#include "surface/alpha.glsl"
#include "passes/fast_light.glsl"
#ifdef FADES
#include "common/fading.glsl"
flat out float v_stays;
#endif
layout(location = 0) in vec3 position;
layout(location = 1) in vec4 normal;
layout(location = 3) in vec2 uv0;
layout(location = 4) in vec2 uv1;
layout(location = 5) in vec4 color;
layout(location = 6) in uint object_id;
#ifdef PLACES_VERTICES
layout(location = 0) out vec3 v_position;
layout(location = 4) out vec4 v_color;
layout(location = 5) flat out uint v_material;
#else
out vec4 shade;
#ifdef HAS_BASE_COLOR
out vec3 v_cut_out;
#ifdef ALPHA_MASK
flat out float v_cutoff; // of what the texture says
#endif
#endif
#endif
#ifdef WRITE_ID
flat out uint entity;
#endif

// A cubic within 0.002 of the sRGB curve: cheap enough for every vertex.
vec3 linear_from_srgb(vec3 c) { return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878); }

void main() {
    RenderableRow object = renderable_row(object_id);
    // All that is read here is read for each vertex, so the material is one number.
    vec4 glance = unpackUnorm4x8(material_row(object.material).glance), tint = unpackUnorm4x8(object.tint);
    vec4 base = vec4(linear_from_srgb(glance.rgb) * linear_from_srgb(tint.rgb), glance.a * tint.a) * color;
#ifdef PLACES_VERTICES
    vec3 middle;
    vec3 offset = placed_vertex(object, position, uv0, uv1, middle);
    vec3 world = world_from_local(object.transform, middle) + offset;
    vec2 laid0 = uv0, laid1 = uv1;
    surface_vertex(object.material, laid0, laid1);
    v_position = world;
    v_color = base;
    v_material = object.material;
#else
    mat3x4 rows = rows_of(object.transform);
    vec3 world = world_from_local(object.transform, rows, LOCAL_POSITION);
#ifdef SWAYS
    world = swayed(object.transform, world, uv1.x, wind_times.x);
#endif
    vec3 n = normalize(world_normal(rows, LOCAL_NORMAL.xyz) + vec3(0.0, 1e-30, 0.0));
    vec3 light = light_on(n);
#ifdef HAS_BASE_COLOR
    shade = vec4(base.rgb * light, base.a);
    v_cut_out = cut_out_coordinate(object.material, uv0, uv1);
#ifdef ALPHA_MASK
    v_cutoff = material_row(object.material).alpha_cutoff;
#endif
#else
    shade = vec4(srgb_from_linear_quickly(clamp(base.rgb * light, 0.0, 1.0)), base.a);
#endif
#endif
    gl_Position = clip_from_world * vec4(world, 1.0);
    gl_PointSize = point_size();
#ifdef FADES
    v_stays = share_that_stays(world_sphere(object.transform, material_row(object.material).fade_sphere), material_row(object.material).fade_px);
#endif
#ifdef WRITE_ID
    entity = object.entity;
#endif
}
