// The simple-lit path: light is worked out and encoded at the vertex, so that a pixel costs next to nothing.
#include "common/object.glsl"
#include "common/deformed.glsl"
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

// Roots in place of the power, within 0.004.
vec3 srgb_from_linear(vec3 c) {
    vec3 s1 = sqrt(c), s2 = sqrt(s1), s3 = sqrt(s2);
    return 0.662002687 * s1 + 0.684122060 * s2 - 0.323583601 * s3 - 0.0225411470 * c;
}

void main() {
    RenderableRow object = renderables[object_id];
    vec3 world = world_from_local(object.transform, LOCAL_POSITION);
    gl_Position = clip_from_world * vec4(world, 1.0);
    gl_PointSize = point_size();
    vec3 n = normalize(world_normal(object.transform, LOCAL_NORMAL.xyz) + vec3(0.0, 1e-30, 0.0));
    vec4 base = materials[object.material].base_color * color;
    base.a *= 1.0 - 0.8 * materials[object.material].transmission; // glass, at a glance
    if (object.tint != 0xFFFFFFFFu) {
        vec4 tint = unpackUnorm4x8(object.tint);
        base *= vec4(linear_from_srgb(tint.rgb), tint.a);
    }
    vec3 light = mix(ambient_down.rgb, ambient_up.rgb, n.y * 0.5 + 0.5)
        + sun_color.rgb * max(dot(n, sun_direction.xyz), 0.0);
    shade = vec4(srgb_from_linear(clamp(base.rgb * light, 0.0, 1.0)), base.a);
#ifdef WRITE_ID
    entity = object.entity;
#endif
}
