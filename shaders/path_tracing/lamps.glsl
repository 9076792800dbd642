// One of the lamps for a point, or a place on a surface that shines: by what they would send there if nothing stood between.
#include "common/lights.glsl"

const uint LAMPS_ASKED = 16u;

struct LampSample {
    vec3 to_light;
    vec3 irradiance; // over the chance of this lamp
    float most;      // metres to it
    float density;   // of what paths may meet as well, by solid angle; 0: they cannot
};

// The chance that a surface is asked, not a lamp.
float emitters_share() { return path.emitter_count == 0u ? 0.0 : path.lamp_count == 0u ? 1.0 : 0.5; }

// How densely light is asked of a surface of this radiance, `at` metres away and seen at this cosine, by solid angle.
float emitter_density(vec3 radiance, float at, float cosine) {
    return emitters_share() * luminance(radiance) / path.emitted * square(at) / max(abs(cosine), 1e-6);
}

// A place of what shines, by two even random numbers: lamps are disks that face whom they light, areas stand as they are.
vec3 place_on_lamp(LightRow light, vec3 to_light, vec2 spot) {
    vec2 disk = sqrt(spot.x) * vec2(cos(2.0 * PI * spot.y), sin(2.0 * PI * spot.y));
    if (light.kind == LIGHT_AREA) {
        vec3 up = cross(-light.direction, normalize(light.across)) * abs(light.half_height);
        vec2 at = light.half_height < 0.0 ? disk : 2.0 * spot - 1.0;
        return light.position + light.across * at.x + up * at.y;
    }
    vec3 t, b;
    orthonormal_basis(to_light, t, b);
    return light.position + (disk.x * t + disk.y * b) * light.radius;
}

LampSample choose_lamp(vec3 position, vec2 u, vec2 spot) {
    LampSample found = LampSample(vec3(0.0, 1.0, 0.0), vec3(0.0), 0.0, 0.0);
    uint asked = min(path.lamp_count, LAMPS_ASKED);
    float total = 0.0, weight = 0.0;
    for (uint i = 0u; i < asked; ++i) {
        // Where there are many, some are asked, spread evenly over all.
        uint number = path.lamp_count <= LAMPS_ASKED ? i
            : min(uint((float(i) + u.y) / float(asked) * float(path.lamp_count)), path.lamp_count - 1u);
        LightRow row = light_row(number);
        vec3 to_light;
        vec3 irradiance = light_irradiance(row, position, to_light);
        if (row.kind == LIGHT_AREA) { // of a place on it, which ends as its middle does
            vec3 middle = row.position;
            row.position = place_on_lamp(row, to_light, spot);
            float ends = range_window(row, dot(middle - position, middle - position));
            row.inverse_range_squared = 0.0;
            irradiance = light_irradiance(row, position, to_light) * ends;
        }
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
                if (row.kind != LIGHT_AREA && row.radius > 0.0) {
                    row.position = place_on_lamp(row, to_light, spot);
                    found.to_light = normalize(row.position - position);
                }
                found.most = distance(row.position, position);
            }
        } else {
            u.x = (u.x * total - w) / max(total - w, 1e-30);
        }
    }
    if (weight > 0.0) found.irradiance *= total / weight * float(path.lamp_count) / float(asked);
    return found;
}

// Of some places, chosen by what the surfaces send out, the one that is kept by what comes here: Talbot et al., "Importance Resampling
// for Global Illumination", 2005.
const uint PLACES_ASKED = 4u;

LampSample choose_emitter(vec3 position, vec2 u, vec2 spot) {
    LampSample found = LampSample(vec3(0.0, 1.0, 0.0), vec3(0.0), 0.0, 0.0);
    float total = 0.0, kept = 0.0;
    for (uint i = 0u; i < PLACES_ASKED; ++i) {
        float which = (u.y + float(i)) / float(PLACES_ASKED);
        uint low = 0u, high = path.emitter_count - 1u;
        while (low < high) { // the first whose share reaches it
            uint middle = (low + high) / 2u;
            if (emitters[4u * middle].w > which) high = middle;
            else low = middle + 1u;
        }
        vec2 where = fract(spot + float(i) * vec2(0.7548776662, 0.5698402910));
        float root = sqrt(where.x);
        vec3 e1 = emitters[4u * low + 1u].xyz, e2 = emitters[4u * low + 2u].xyz, radiance = emitters[4u * low + 3u].rgb;
        vec3 offset = emitters[4u * low].xyz + root * (1.0 - where.y) * e1 + root * where.y * e2 - position;
        float d2 = max(dot(offset, offset), 1e-12);
        vec3 to_light = offset * inversesqrt(d2), area = cross(e1, e2);
        float cosine = abs(dot(area, to_light)) / max(length(area), 1e-30);
        float wanted = cosine / d2; // over the density by area, which goes with the luminance
        total += wanted;
        if (u.x * total < wanted) {
            u.x = u.x * total / wanted;
            kept = wanted;
            found = LampSample(to_light, radiance * (path.emitted / luminance(radiance)), sqrt(d2) * 0.9999,
                emitter_density(radiance, sqrt(d2), cosine));
        } else {
            u.x = (u.x * total - wanted) / max(total - wanted, 1e-30);
        }
    }
    if (kept > 0.0) found.irradiance *= total / float(PLACES_ASKED);
    return found;
}
