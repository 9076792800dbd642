// Vertices for the colour pass; the material is included before this file.
#include "common/color.glsl"
#include "common/object.glsl"
#include "common/deformed.glsl"
#include "common/sway.glsl"

layout(location = 0) in vec3 position;
layout(location = 1) in vec4 normal;
layout(location = 2) in vec4 tangent;
layout(location = 3) in vec2 uv0;
layout(location = 4) in vec2 uv1;
layout(location = 5) in vec4 color;
layout(location = 6) in uint object_id;

invariant gl_Position; // the geometry pass drew this depth already

// What the geometry pass wants of surfaces that cut their own holes.
#ifdef VELOCITY_AT
#include "common/previous.glsl"
out vec4 v_now;
out vec4 v_before;
#endif
#ifdef ID_AT
flat out uint v_entity;
#endif

layout(location = 0) out vec3 v_position;
layout(location = 1) out vec3 v_normal;
layout(location = 2) out vec4 v_tangent;
layout(location = 3) out vec4 v_uv;
layout(location = 4) out vec4 v_color;
layout(location = 5) flat out uint v_material;
#ifdef LAYER_VOLUME
layout(location = 6) flat out float v_scale;
#endif
#ifdef DECALS
layout(location = 7) flat out uint v_layers;
#endif

void main() {
    RenderableRow object = renderable_row(object_id);
    mat3x4 rows = rows_of(object.transform);
#ifdef PLACES_VERTICES // the surface says itself where its vertices are
    vec3 middle; // what of the vertex moves with the object
    vec3 offset = placed_vertex(object, position, uv0, uv1, middle);
    vec3 world = world_from_local(object.transform, rows, middle) + offset;
#else
    vec3 local = LOCAL_POSITION;
    vec3 world = world_from_local(object.transform, rows, local);
#ifdef SWAYS
    world = swayed(object.transform, world, uv1.x, wind_times.x);
#endif
#endif
    gl_Position = clip_from_world * vec4(world, 1.0);
    gl_PointSize = point_size();
    v_position = world;
    v_normal = world_normal(rows, LOCAL_NORMAL.xyz);
    float length2 = dot(v_normal, v_normal);
    v_normal = length2 > 0.0 ? v_normal * inversesqrt(length2) : vec3(0.0, 1.0, 0.0);
    v_tangent = vec4(0.0);
#ifdef WANTS_FRAME
    vec4 along = LOCAL_TANGENT;
    vec3 t = world_direction(rows, along.xyz);
    float t2 = dot(t, t);
    // A mirroring transform turns the bitangent, which is the cross product of the other two, the wrong way.
    float mirror = growth(rows) < 0.0 ? -1.0 : 1.0;
    v_tangent = vec4(t2 > 1e-20 ? t * inversesqrt(t2) : vec3(0.0), along.w * mirror);
#endif
    vec2 laid0 = uv0, laid1 = uv1;
    surface_vertex(object.material, laid0, laid1); // which may move textures
    v_uv = vec4(laid0, laid1);
#ifdef OUTLINE
    // Metres that the picture is high there.
    float height = 2.0 * gl_Position.w / clip_from_view[1][1];
    gl_Position = clip_from_world * vec4(world + outline_offset(object.material, v_normal, laid0, laid1, height), 1.0);
#endif
#ifdef VELOCITY_AT
    v_now = plain_clip_from_world * vec4(world, 1.0);
#ifdef PLACES_VERTICES
    vec3 before = previous_world_from_local(object.transform, middle) + offset;
#else
    vec3 before = previous_world_from_local(object.transform, previous_local(object, local));
#ifdef SWAYS
    before = swayed(object.transform, before, uv1.x, wind_times.y);
#endif
#endif
    v_before = previous_clip_from_world * vec4(before, 1.0);
#endif
#ifdef ID_AT
    v_entity = object.entity;
#endif
    v_color = color;
    if (object.tint != 0xFFFFFFFFu) {
        vec4 tint = unpackUnorm4x8(object.tint);
        v_color *= vec4(linear_from_srgb(tint.rgb), tint.a);
    }
    v_material = object.material;
#ifdef DECALS
    v_layers = object.layers;
#endif
#ifdef LAYER_VOLUME
    v_scale = pow(abs(growth(rows)), 1.0 / 3.0); // the edge of a cube that has grown as much
#endif
}
