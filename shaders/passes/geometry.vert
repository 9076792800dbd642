// Depth, and what else the geometry pass writes: normals, velocity, ids.
#include "common/previous.glsl"
#include "common/sway.glsl"
#ifdef ALPHA_MASK
#include "surface/alpha.glsl"
#endif
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
invariant gl_Position;  // the colour pass tests for equal depth

#ifdef NORMAL_AT
out vec3 v_normal;
#endif
#ifdef VELOCITY_AT
out vec4 v_now;
out vec4 v_before;
#endif
#ifdef ID_AT
flat out uint v_entity;
#endif
#ifdef ALPHA_MASK
out vec3 v_cut_out;
out float v_alpha;
flat out uint v_material;
#endif

void main() {
    RenderableRow object = renderable_row(object_id);
    vec3 local = LOCAL_POSITION;
    mat3x4 rows = rows_of(object.transform);
    vec3 world = world_from_local(object.transform, rows, local);
#ifdef SWAYS
    world = swayed(object.transform, world, uv1.x, wind_times.x);
#endif
    gl_Position = clip_from_world * vec4(world, 1.0);
    gl_PointSize = point_size();
#ifdef NORMAL_AT
    v_normal = world_normal(rows, LOCAL_NORMAL.xyz);
#endif
#ifdef VELOCITY_AT
    v_now = plain_clip_from_world * vec4(world, 1.0);
    vec3 before = previous_local(object, local);
    vec3 earlier = previous_world_from_local(object.transform, before);
#ifdef SWAYS
    earlier = swayed(object.transform, earlier, uv1.x, wind_times.y);
#endif
    v_before = previous_clip_from_world * vec4(earlier, 1.0);
#endif
#ifdef ID_AT
    v_entity = object.entity;
#endif
#ifdef ALPHA_MASK
    v_cut_out = cut_out_coordinate(object.material, uv0, uv1);
    v_alpha = color.a;
    v_material = object.material;
#endif
#ifdef FADES
    vec4 sphere = material_row(object.material).fade_sphere;
    v_stays = share_that_stays(world_sphere(object.transform, sphere), material_row(object.material).fade_px);
#endif
}
