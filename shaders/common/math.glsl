// Constants and small functions that every shader may use.

const float PI = 3.14159265358979;

float saturate(float x) { return clamp(x, 0.0, 1.0); }
float square(float x) { return x * x; }
float max3(vec3 v) { return max(v.x, max(v.y, v.z)); }
float min3(vec3 v) { return min(v.x, min(v.y, v.z)); }

// Relative luminance of linear Rec.709.
float luminance(vec3 color) { return dot(color, vec3(0.2126, 0.7152, 0.0722)); }

// Two unit vectors that make a right-handed frame with the unit vector `n`.
// Duff et al., "Building an Orthonormal Basis, Revisited", JCGT 6(1), 2017.
void orthonormal_basis(vec3 n, out vec3 t, out vec3 b) {
    float s = n.z >= 0.0 ? 1.0 : -1.0;
    float a = -1.0 / (s + n.z);
    float c = n.x * n.y * a;
    t = vec3(1.0 + s * n.x * n.x * a, s * c, -s * n.x);
    b = vec3(c, s + n.y * n.y * a, -n.y);
}
