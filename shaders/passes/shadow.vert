// Depth from a light. Textures are needed only where a material has holes.
#include "common/object.glsl"
#include "common/deformed.glsl"
#include "common/sway.glsl"

layout(location = 0) in vec3 position;
#ifdef ALPHA_MASK
#include "surface/alpha.glsl"
layout(location = 3) in vec2 uv0;
layout(location = 4) in vec2 uv1;
layout(location = 5) in vec4 color;
layout(location = 0) out vec3 v_cut_out;
layout(location = 1) out float v_alpha;
layout(location = 2) flat out uint v_material;
#endif
layout(location = 6) in uint object_id;

void main() {
    RenderableRow object = renderable_row(object_id);
    vec3 world = world_from_local(object.transform, LOCAL_POSITION);
#if defined(SWAYS) && defined(ALPHA_MASK)
    world = swayed(object.transform, world, uv1.x, wind_times.x);
#endif
    gl_Position = clip_from_world * vec4(world, 1.0);
#ifdef ALPHA_MASK
    v_cut_out = cut_out_coordinate(object.material, uv0, uv1);
    v_alpha = color.a;
    v_material = object.material;
#endif
}
