// Light of areas that shine evenly: linearly transformed cosines. Heitz et al., "Real-Time Polygonal-Light Shading with Linearly
// Transformed Cosines", 2016. Included by `common/lighting.glsl`. What a diffuse surface gets is exact for rectangles; ellipses are
// polygons of as much area.
#include "generated/areas.glsl"

const uint AREA_CORNERS = 12u; // of ellipses
const float AREA_ROUND = 1.0233; // a dodecagon's circumscribed circle over the circle of its area

// What an edge of a polygon on the unit sphere adds to its form factor, times 2 pi.
vec3 area_edge(vec3 a, vec3 b) {
    vec3 across = cross(a, b);
    float sine = length(across);
    return sine > 1e-6 ? across * (atan(sine, dot(a, b)) / sine) : across;
}

vec3 area_corner(LightRow light, vec3 up, uint i) {
    if (light.half_height >= 0.0) {
        vec2 side = vec2(i == 0u || i == 3u ? -1.0 : 1.0, i < 2u ? -1.0 : 1.0);
        return light.across * side.x + up * side.y;
    }
    float angle = 2.0 * PI / float(AREA_CORNERS) * float(i);
    return (light.across * cos(angle) + up * sin(angle)) * AREA_ROUND;
}

// Share of a cosine that the area covers, seen from `position`; `to_lobe` brings the world to the space where the lobe is a cosine
// about +Z. What lies below that space's horizon is cut off.
float area_factor(LightRow light, vec3 position, mat3 to_lobe) {
    vec3 up = cross(-light.direction, normalize(light.across)) * abs(light.half_height);
    uint corners = light.half_height >= 0.0 ? 4u : AREA_CORNERS;
    vec3 middle = light.position - position, sum = vec3(0.0), entered = vec3(0.0), left = vec3(0.0);
    vec3 b = to_lobe * (middle + area_corner(light, up, corners - 1u));
    for (uint i = 0u; i < corners; ++i) {
        vec3 a = b;
        b = to_lobe * (middle + area_corner(light, up, i));
        if (a.z <= 0.0 && b.z <= 0.0) continue;
        vec3 from = a, to = b;
        if (a.z < 0.0) entered = from = mix(a, b, a.z / (a.z - b.z));
        if (b.z < 0.0) left = to = mix(a, b, a.z / (a.z - b.z));
        sum += area_edge(normalize(from), normalize(to));
    }
    if (dot(left, left) > 0.0 && dot(entered, entered) > 0.0) sum += area_edge(normalize(left), normalize(entered));
    return abs(sum.z) / (2.0 * PI);
}

// From the world to the frame in which the normal is +Z and the view lies above +X.
mat3 area_frame(vec3 n, vec3 v) {
    vec3 along = v - n * dot(n, v), t, b;
    if (dot(along, along) > 1e-8) {
        t = normalize(along);
        b = cross(n, t);
    } else {
        orthonormal_basis(n, t, b);
    }
    return transpose(mat3(t, b, n));
}

// The matrix that makes the mirror lobe of a roughness, seen at a cosine, a cosine.
mat3 area_lobe(float n_dot_v, float roughness) {
    vec2 at = vec2(sqrt(1.0 - saturate(n_dot_v)), saturate(roughness)) * float(AREA_LOBES - 1);
    uvec2 cell = min(uvec2(at), uvec2(AREA_LOBES - 2));
    vec2 share = at - vec2(cell);
    uint first = cell.y * uint(AREA_LOBES) + cell.x;
    vec4 low = mix(area_lobes[first], area_lobes[first + 1u], share.x);
    vec4 high = mix(area_lobes[first + uint(AREA_LOBES)], area_lobes[first + uint(AREA_LOBES) + 1u], share.x);
    vec4 m = mix(low, high, share.y);
    return mat3(vec3(m.x, 0.0, m.z), vec3(0.0, 1.0, 0.0), vec3(m.y, 0.0, m.w));
}

// What the surface sends to the eye of an area's light. `to_light` is towards its middle: layers that are no mirrors take it as a point.
vec3 area_light(Fragment f, SurfaceInputs s, Core c, LightRow light, vec3 to_light, vec3 irradiance) {
    vec3 offset = light.position - f.position;
    float wide = 4.0 * length(light.across) * abs(light.half_height) * (light.half_height < 0.0 ? PI / 4.0 : 1.0);
    vec3 radiance = light.color * (range_window(light, dot(offset, offset)) / max(wide, 1e-8));
    mat3 frame = area_frame(s.normal, f.view);
    vec3 mirrored = (c.energy.single + c.energy.multiple) * area_factor(light, f.position, area_lobe(c.n_dot_v, c.roughness) * frame);
    vec3 result = (c.diffuse * area_factor(light, f.position, frame) + mirrored) * radiance;
    float n_dot_l = dot(s.normal, to_light);
#ifdef LAYER_SHEEN
    result *= c.cloth.passes;
    if (n_dot_l > 0.0) {
        result += sheen_lobe(c.cloth, c.n_dot_v, n_dot_l, saturate(dot(s.normal, normalize(to_light + f.view)))) * n_dot_l * irradiance;
    }
#endif
#if defined(LAYER_TRANSMISSION) || defined(LAYER_DIFFUSE_TRANSMISSION)
    if (n_dot_l < 0.0) result += punctual_light_from_behind(f, s, c, to_light, n_dot_l) * passing_layers(c) * irradiance;
#endif
#ifdef LAYER_CLEARCOAT
    mat3 coat = area_lobe(c.coat.n_dot_v, c.coat.roughness) * area_frame(s.clearcoat_normal, f.view);
    result = result * c.coat.passes + c.coat.albedo * area_factor(light, f.position, coat) * radiance;
#endif
    return result;
}
