// One of the lamps for a point: by what they would send there if nothing stood between.
#include "common/lights.glsl"

const uint LAMPS_ASKED = 16u;

struct LampSample {
    vec3 to_light;
    vec3 irradiance; // over the chance of this lamp
    float most;      // metres to it
};

LampSample choose_lamp(vec3 position, vec2 u, vec2 spot) {
    LampSample found = LampSample(vec3(0.0, 1.0, 0.0), vec3(0.0), 0.0);
    uint asked = min(path.lamp_count, LAMPS_ASKED);
    float total = 0.0, weight = 0.0;
    for (uint i = 0u; i < asked; ++i) {
        // Where there are many, some are asked, spread evenly over all.
        uint number = path.lamp_count <= LAMPS_ASKED ? i
            : min(uint((float(i) + u.y) / float(asked) * float(path.lamp_count)), path.lamp_count - 1u);
        LightRow row = light_row(number);
        vec3 to_light;
        vec3 irradiance = light_irradiance(row, position, to_light);
        float w = luminance(irradiance);
        if (!(w > 0.0)) continue;
        total += w;
        if (u.x * total < w) { // kept with the chance w / total, by one number that is spread anew
            u.x = u.x * total / w;
            weight = w;
            found.irradiance = irradiance;
            found.to_light = to_light;
            found.most = 3.0e38;
            if (row.kind == LIGHT_DIRECTIONAL) { // suns have a disk, of the size that stills give them
                vec3 t, b;
                orthonormal_basis(to_light, t, b);
                float r = path.sun_radius * sqrt(spot.x), phi = 2.0 * PI * spot.y;
                found.to_light = normalize(to_light + r * (cos(phi) * t + sin(phi) * b));
            } else {
                found.most = distance(row.position, position);
            }
        } else {
            u.x = (u.x * total - w) / max(total - w, 1e-30);
        }
    }
    if (weight > 0.0) found.irradiance *= total / weight * float(path.lamp_count) / float(asked);
    return found;
}
