/** A multipart/form-data body, whole, with the content type that names its boundary. */
export interface MultipartBody {
  contentType: string
  body: Buffer
}

/** Encodes a form by the platform's own encoder. A text field gets no content type of its own, as EnOS clients send it. */
export async function encodeMultipart(form: FormData): Promise<MultipartBody> {
  const encoded = new Response(form)
  return {
    contentType: encoded.headers.get('content-type') ?? 'multipart/form-data',
    body: Buffer.from(await encoded.arrayBuffer()),
  }
}
