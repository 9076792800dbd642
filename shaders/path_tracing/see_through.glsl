// What a surface with holes, or a thin one, leaves of light that was asked for; the ray goes on behind it.
#include "path_tracing/fragment_met.glsl"

layout(local_size_x = 64) in;
layout(std140, binding = 2) uniform Kind {
    uint kind_key;
    uint kind_padding[3];
};

void main() {
    uint number = gl_GlobalInvocationID.x;
    bool is_mine = number < 2u * path.tile.z * path.tile.w && lamp_rays[number].met != 0u && lamp_rays[number].key == kind_key;
    for (; is_mine; is_mine = false) { // a loop, for software goes through what an `if` skips
        LampRay ray = lamp_rays[number];
        Met m = surface_met(ray.met - 1u, ray.triangle, ray.where, ray.direction);
        SurfaceInputs s = default_surface(m.f);
        surface(m.f, s);
        vec3 left = ray.light * (1.0 - opacity_met(m.f, s));
        lamp_rays[number].light = left;
        lamp_rays[number].origin = m.f.position - m.face * m.margin;
        lamp_rays[number].most = max3(left) > 0.0 ? ray.most < 1.0e38 ? ray.most - ray.at : ray.most : -1.0;
        lamp_rays[number].met = 0u;
    }
}
