// Fog with shafts: the medium of `common/fog.glsl` in steps, each lit by what reaches it: suns behind their shadow maps, lamps of
// the cluster, and the sky from all around. After Wronski, "Volumetric Fog", 2014, in one go. How lamps fall off is integrated along
// each step (Kulla and Fajardo, "Importance Sampling Techniques for Path Tracing in Participating Media", 2012), so that near them no
// step is seen.
#include "compute/air/column.glsl"
#include "common/clusters.glsl"
#include "common/shadows.glsl"

float phase(float cosine) { // Henyey and Greenstein
    float g = lighting.fog.w, toward = 1.0 + g * g - 2.0 * g * cosine;
    return (1.0 - g * g) / (4.0 * PI * toward * sqrt(toward));
}

// Light of a lamp along a step from `near` to `far` metres: its mean, and the place that it is looked at, by equal angles seen from it.
vec3 lamp_along(LightRow lamp, vec3 d, float near, float far, out vec3 place, out vec3 to_light) {
    vec3 offset = lamp.position - camera_position.xyz;
    float foot = dot(offset, d), h = sqrt(max(dot(offset, offset) - foot * foot, 1e-3));
    float wide = atan(h * (far - near), h * h + (near - foot) * (far - foot));
    float at = h * tan(atan((near - foot) / h) + wide * air_of.shafts.y);
    place = camera_position.xyz + d * (foot + at);
    return light_irradiance(lamp, place, to_light) * (wide * (h * h + at * at) / (h * max(far - near, 1e-6)));
}

void main() {
    ivec2 column;
    vec2 screen;
    if (!column_here(column, screen)) return;
    screen += air_of.shafts.zw / vec2(imageSize(filled).xy); // pictures that are averaged look elsewhere each time
    vec3 d = direction_at(screen);
    float along = dot(d, -world_from_view[2].xyz), reach = air_of.shafts.x;
    uint directional = lighting.light_counts.x;
    bool clustered = lighting.light_counts.z != 0u;
    vec3 light = vec3(0.0);
    float lost = 0.0;
    for (int i = 0; i < SHAFT_SLICES; ++i) {
        float near = square_at(i, SHAFT_SLICES), far = square_at(i + 1, SHAFT_SLICES);
        float t = reach * mix(near, far, air_of.shafts.y), metres = reach * (far - near);
        vec3 here = camera_position.xyz + d * t;
        float density = lighting.fog.x * exp(clamp((lighting.fog.y - here.y) * lighting.fog.z, -40.0, 40.0));
        float gone = density * metres;
        if (gone > 1e-6) {
            vec3 sent = lighting.fog_sky.rgb;
            uint list = 0u, local = lighting.light_counts.y;
            if (clustered) {
                uvec2 found = cluster_list(cluster_of(screen * viewport.xy, viewport, t * along));
                list = found.x;
                local = found.y;
            }
            for (uint j = 0u; j < directional + local; ++j) {
                LightRow row = light_row(j < directional || !clustered ? j : cluster_lists[list + j - directional]);
                vec3 place = here, to_light, reaches;
                if (row.kind == LIGHT_DIRECTIONAL) reaches = light_irradiance(row, here, to_light);
                else reaches = lamp_along(row, d, reach * near, reach * far, place, to_light);
                if (max3(reaches) <= 0.0) continue;
#ifdef SHADOWS
                reaches *= shadow_factor(row, place, to_light, to_light, t * along);
#endif
                sent += reaches * phase(dot(d, to_light));
            }
            light += sent * lighting.fog_color.rgb * (exp(-lost) * (1.0 - exp(-gone)));
            lost = min(lost + gone, 80.0);
        }
        imageStore(filled, ivec3(column, AIR_SLICES + i), vec4(min(light, 6.0e4), exp(-lost)));
    }
}
