// The simple-lit path: light is worked out at the vertex where a surface is plain enough for that.
#include "common/object.glsl"
#include "generated/materials.glsl"
layout(location = 0) in vec3 position;
layout(location = 1) in vec4 normal;
layout(location = 5) in vec4 color;
layout(location = 6) in uint object_id;
layout(std140, binding = 2) uniform Sun { vec4 sun_direction; vec4 sun_color; vec4 ambient_up; vec4 ambient_down; };
out vec4 shade;
#ifdef WRITE_ID
flat out uint entity;
#endif

// A cubic within 0.002 of the sRGB curve: cheap enough for every vertex.
vec3 linear_from_srgb(vec3 c) { return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878); }

void main() {
    RenderableRow object = renderables[object_id];
    vec3 world = world_from_local(object.transform, position);
    gl_Position = clip_from_world * vec4(world, 1.0);
    gl_PointSize = point_size();
    vec3 n = normalize(world_normal(object.transform, normal.xyz) + vec3(0.0, 1e-30, 0.0));
    vec4 base = materials[object.material].base_color * color;
    if (object.tint != 0xFFFFFFFFu) {
        vec4 tint = unpackUnorm4x8(object.tint);
        base *= vec4(linear_from_srgb(tint.rgb), tint.a);
    }
    vec3 light = mix(ambient_down.rgb, ambient_up.rgb, n.y * 0.5 + 0.5)
        + sun_color.rgb * max(dot(n, sun_direction.xyz), 0.0);
    shade = vec4(base.rgb * light, base.a);
#ifdef WRITE_ID
    entity = object.entity;
#endif
}
